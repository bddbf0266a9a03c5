"""What the machinery can't decide about money: the list that staff empties, empty on a good day."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import payment_records
from ..minor_units import major
from ..models import Booking, Payment, Refund

OPEN_FOR = timedelta(hours=6)  # past a booking's deadline: by then every sweep has asked many times
REQUESTED_FOR, PENDING_FOR = timedelta(hours=6), timedelta(days=30)  # banks take 5 to 10 days
STATUS = Payment.Status


@dataclass(frozen=True)
class Case:
    """A row that has the trouble. `amount` is in major units."""

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
        """The list with this row alone, where its actions are."""
        return reverse(f"admin:bookings_{self.row._meta.model_name}_changelist") + f"?id__exact={self.row.pk}"


@dataclass(frozen=True)
class Section:
    """One kind of trouble: what it is, what to do about it, and who has it."""

    title: str
    advice: str
    cases: list


def payments(**which):
    return Payment.objects.filter(**which).select_related("booking")


def mismatches(now):
    return payments(status=STATUS.MISMATCH)


def withdrawn_with_money(now):
    """None, unless somebody has dropped the database's own constraint."""
    return payments(status=STATUS.CANCELED, received__gt=0)


def disputes(now):
    return payments(disputed_at__isnull=False)


def undecided(now):
    return payments(status=STATUS.OPEN, booking__expires_at__lt=now - OPEN_FOR)


def failed_refunds(now):
    return payment_records.failed_refunds().select_related("payment__booking")


def slow_refunds(now):
    """Written down and never made, by a sweep every 20 seconds; or made, and no bank has finished them."""
    unmade = Q(status=Refund.Status.REQUESTED, created_at__lt=now - REQUESTED_FOR)
    unfinished = Q(status=Refund.Status.PENDING, created_at__lt=now - PENDING_FOR)
    return Refund.objects.filter(unmade | unfinished).select_related("payment__booking")


def owed(now):
    """Payments that bought nothing, or only what the cinema itself took away again."""
    by_cinema = Q(
        status=STATUS.SUCCEEDED,
        booking__status=Booking.Status.CANCELLED,
        booking__cancelled_at__gte=F("booking__showtime__cancelled_at"),
    )
    failed = failed_refunds(now).values("payment")
    found = payments(disputed_at=None).filter(Q(status=STATUS.REFUND_DUE) | by_cinema).exclude(pk__in=failed)
    return [payment for payment in found if payment_records.refundable_amount(payment)]


def unpaid_tickets(now):
    """Bookings to come that are CONFIRMED though their money has gone back."""
    paid = Payment.objects.filter(status=STATUS.SUCCEEDED).values("booking")
    gone = Payment.objects.filter(status__in=[STATUS.REFUNDED, STATUS.TAKEN_BACK]).values("booking")
    return Booking.objects.filter(
        status=Booking.Status.CONFIRMED, pk__in=gone, showtime__start_time__gt=now
    ).exclude(pk__in=paid)


KINDS = [
    (
        _("Payments that don't match their booking"),
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
        owed,
    ),
    (
        _("Open disputes"),
        _("Answer the bank in the provider's dashboard. Nothing is refunded meanwhile."),
        disputes,
    ),
    (
        _("Refunded tickets still valid"),
        _("Cancel the booking, or let its visitors in: the seats are theirs until you cancel."),
        unpaid_tickets,
    ),
    (
        _("Payments without a result"),
        _("The provider hasn't answered for hours. Look the payment up there, and check again."),
        undecided,
    ),
]


def sections(now):
    """The Sections that have a case."""
    found = [Section(title, advice, [_case(row) for row in rows(now)]) for title, advice, rows in KINDS]
    return [section for section in found if section.cases]


def _case(row):
    if isinstance(row, Booking):
        return Case(row, row.reference, row.total_amount, row.currency)
    payment = row if isinstance(row, Payment) else row.payment
    note = row.note if row is payment else row.reason
    amount = major(row.amount, payment.currency)
    return Case(row, payment.booking.reference, amount, payment.currency, note)
