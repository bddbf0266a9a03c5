"""The list of payments and refunds that staff have to decide on. It is empty on a good day."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import payment_records
from ..minor_units import major
from ..models import Booking, Payment, Refund

OPEN_FOR = timedelta(hours=6)  # past a booking's deadline: many sweeps have asked by then
REQUESTED_FOR, PENDING_FOR = timedelta(hours=6), timedelta(days=30)  # banks take 5 to 10 days


@dataclass(frozen=True)
class Case:
    """One row that needs attention. `amount` is in major units."""

    row: object
    reference: str
    amount: Decimal
    currency: str
    note: str = ""

    @property
    def name(self):
        return str(self.row)

    @property
    def url(self):
        """Return the URL of the admin's list with this row alone, which offers its actions."""
        return reverse(f"admin:bookings_{self.row._meta.model_name}_changelist") + f"?id__exact={self.row.pk}"


@dataclass(frozen=True)
class Section:
    """One reason for attention: its title, advice for staff, and its cases."""

    title: str
    advice: str
    cases: list


def payments(**filters):
    return Payment.objects.filter(**filters).select_related("booking")


def mismatches(now):
    return payments(status=Payment.Status.MISMATCH)


def withdrawn_with_money(now):
    """Return no rows, unless the constraint of the database has been dropped."""
    return payments(status=Payment.Status.CANCELED, received__gt=0)


def disputes(now):
    return payments(disputed_at__isnull=False)


def open_for_hours(now):
    return payments(status=Payment.Status.OPEN, booking__expires_at__lt=now - OPEN_FOR)


def failed_refunds(now):
    return payment_records.failed_refunds().select_related("payment__booking")


def slow_refunds(now):
    """Return refunds that were requested hours ago and never made, or made and not finished for a month."""
    not_made = Q(status=Refund.Status.REQUESTED, created_at__lt=now - REQUESTED_FOR)
    not_finished = Q(status=Refund.Status.PENDING, created_at__lt=now - PENDING_FOR)
    return Refund.objects.filter(not_made | not_finished).select_related("payment__booking")


def refunds_not_started(now):
    """Return a list of payments without seats of which something is neither refunded nor owed.

    That is REFUND_DUE ones, and those of bookings that the cinema cancelled.
    """
    cancelled_by_cinema = Q(
        status=Payment.Status.SUCCEEDED,
        booking__status=Booking.Status.CANCELLED,
        booking__cancelled_at__gte=F("booking__showtime__cancelled_at"),
    )
    failed = failed_refunds(now).values("payment")
    found = (
        payments(disputed_at=None)
        .filter(Q(status=Payment.Status.REFUND_DUE) | cancelled_by_cinema)
        .exclude(pk__in=failed)
    )
    return [payment for payment in found if payment_records.refundable_amount(payment)]


def refunded_bookings_with_tickets(now):
    """Return CONFIRMED bookings of coming showtimes whose payment was refunded or taken back."""
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED).values("booking")
    refunded = Payment.objects.filter(status__in=[Payment.Status.REFUNDED, Payment.Status.TAKEN_BACK]).values(
        "booking"
    )
    return Booking.objects.filter(
        status=Booking.Status.CONFIRMED, pk__in=refunded, showtime__start_time__gt=now
    ).exclude(pk__in=paid)


SECTIONS = [
    (
        _("Payments that don’t match their booking"),
        _("Nothing was confirmed. Refund the payment, or correct it at the provider and check again."),
        mismatches,
    ),
    (
        _("Payments closed as unpaid that received money"),
        _("Check with the payment provider: the money then buys the seats, or is refunded."),
        withdrawn_with_money,
    ),
    (
        _("Failed refunds"),
        _("The card may be closed. Retry, or refund another way and record it here."),
        failed_refunds,
    ),
    (
        _("Unfinished refunds"),
        _("Requested hours ago, or pending for a month. The log says why; check with the payment provider."),
        slow_refunds,
    ),
    (
        _("Refunds not started"),
        _("Refund what is left of the payment."),
        refunds_not_started,
    ),
    (
        _("Open disputes"),
        _("Answer the bank in the provider’s dashboard. Nothing is refunded meanwhile."),
        disputes,
    ),
    (
        _("Refunded tickets still valid"),
        _("Cancel the booking, or let its visitors in: the seats are theirs until you cancel."),
        refunded_bookings_with_tickets,
    ),
    (
        _("Payments without a result"),
        _("The provider hasn’t answered for hours. Look the payment up there, and check again."),
        open_for_hours,
    ),
]


def sections(now):
    """Return the list of Sections that have cases."""
    found = [
        Section(title, advice, [_case(row) for row in rows_at(now)]) for title, advice, rows_at in SECTIONS
    ]
    return [section for section in found if section.cases]


def _case(row):
    if isinstance(row, Booking):
        return Case(row, row.reference, row.total_amount, row.currency)
    payment = row if isinstance(row, Payment) else row.payment
    note = row.note if row is payment else row.reason
    amount = major(row.amount, payment.currency)
    return Case(row, payment.booking.reference, amount, payment.currency, note)
