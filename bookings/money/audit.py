"""The audit of the books: what has to be true of seats and money, whatever has happened."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, F, Q, Sum

from theaters.models import Showtime

from ..minor_units import minor
from ..models import Booking, Payment, Refund, Ticket
from . import needs_attention, refunds

OPEN_FOR = timedelta(hours=1)  # past a booking's deadline
BATCH = 2000


def audit(now):
    """Return what is wrong as a list of sentences, empty if the books are in order. Reads every row once."""
    checks = (
        seats_sold_once,
        tickets_match_bookings,
        free_seats_are_counted,
        confirmed_bookings_are_paid_once,
        kept_payments_bought_something,
        withdrawn_payments_received_nothing,
        refunds_are_made,
        refunds_are_finished,
        amounts_are_equal,
        refunds_within_what_was_received,
        payments_are_decided,
    )
    return [sentence for check in checks for sentence in check(now)]


def seats_sold_once(now):
    """A constraint of the database says the same; this also works if it has been dropped."""
    sold = Ticket.objects.valid().order_by().values("showtime", "seat").annotate(times=Count("pk"))
    for row in sold.filter(times__gt=1):
        yield f"Showtime {row['showtime']}: seat {row['seat']} is sold {row['times']} times"


def tickets_match_bookings(now):
    """Valid tickets belong to CONFIRMED bookings only: one for each seat, at the booking's showtime."""
    valid = defaultdict(list)
    rows = Ticket.objects.valid().order_by("pk").values_list("booking", "seat", "showtime")
    for booking, seat, showtime in rows.iterator(BATCH):
        valid[booking].append((showtime, seat))
    bookings = Booking.objects.filter(
        Q(status=Booking.Status.CONFIRMED) | Q(pk__in=Ticket.objects.valid().values("booking"))
    )
    for booking in bookings.iterator(BATCH):
        actual = sorted(valid[booking.pk])
        seats = booking.seats if booking.status == Booking.Status.CONFIRMED else []
        expected = sorted((booking.showtime_id, seat) for seat in seats)
        if actual != expected:
            yield f"Booking {booking} is {booking.status} with valid tickets {actual}, not {expected}"


def free_seats_are_counted(now):
    """`Showtime.available_seats` is the screen's capacity minus the valid tickets."""
    sold = Count("tickets", filter=Q(tickets__voided_at=None))
    showtimes = Showtime.objects.select_related("screen").annotate(sold=sold).order_by("pk")
    for showtime in showtimes.iterator(BATCH):
        free = max(showtime.screen.seating.capacity - showtime.sold, 0)
        if showtime.available_seats != free:
            yield f"Showtime {showtime.pk}: available_seats is {showtime.available_seats}, not {free}"


def confirmed_bookings_are_paid_once(now):
    """A booking whose payment was refunded or taken back later is shown by `needs_attention` instead."""
    paid = Count("payments", filter=Q(payments__status=Payment.Status.SUCCEEDED))
    refunded = Q(payments__status__in=[Payment.Status.REFUNDED, Payment.Status.TAKEN_BACK])
    confirmed = Booking.objects.filter(status=Booking.Status.CONFIRMED).annotate(
        paid=paid, refunded=Count("payments", filter=refunded)
    )
    for booking in confirmed.exclude(paid=1):
        if booking.paid or not booking.refunded:
            yield f"Booking {booking} is CONFIRMED by {booking.paid} payments"


def kept_payments_bought_something(now):
    """A kept payment bought valid tickets, or is what the refund rules keep of a cancelled booking."""
    kept = with_refunds(status=Payment.Status.SUCCEEDED)
    for payment in kept.exclude(booking__status=Booking.Status.CONFIRMED):
        booking = payment.booking
        if booking.status != Booking.Status.CANCELLED:
            yield f"Payment {payment} is kept, but its booking {booking} is {booking.status}"
        elif not (has_failed_refund(payment) or payment.disputed_at):
            promised = min(promised_refund(booking), payment.received)
            if payment.unfailed_refunds < promised:
                yield f"Payment {payment}: {payment.unfailed_refunds} refunded of {promised} by the rules"
    for payment in with_refunds(status=Payment.Status.MISMATCH).filter(received__gt=F("unfailed_refunds")):
        yield f"Payment {payment} of booking {payment.booking} is kept, and is not what was asked for"


def withdrawn_payments_received_nothing(now):
    """A constraint of the database says the same."""
    for payment in needs_attention.withdrawn_with_money(now):
        received = f"has received {payment.received}"
        yield f"Payment {payment} of booking {payment.booking} is CANCELED, but {received}"


def promised_refund(booking):
    """Return what a cancelled booking refunds, in minor units: all of it if the cinema cancelled it."""
    percent = booking.refund_percent
    amount = booking.total_amount if percent is None else refunds.refund_value(booking, percent)
    return minor(amount, booking.currency)


def refunds_are_made(now):
    """REFUND_DUE payments are refunded in full or about to be, and REFUNDED ones are refunded in full."""
    for payment in with_refunds(status=Payment.Status.REFUND_DUE, disputed_at=None):
        if payment.unfailed_refunds != payment.received and not has_failed_refund(payment):
            yield f"Payment {payment}: {payment.unfailed_refunds} is refunded or owed, not {payment.received}"
    for payment in with_refunds(status__in=Payment.TAKEN).filter(done_refunds=F("received"), received__gt=0):
        yield f"Payment {payment} is {payment.status} though all of it was refunded"
    for payment in with_refunds(status=Payment.Status.REFUNDED):
        if payment.done_refunds < payment.received:
            yield f"Payment {payment} is REFUNDED by {payment.done_refunds}, not {payment.received}"


def refunds_are_finished(now):
    """An unfinished refund counts as refunded in the other checks, so it must not stay unfinished."""
    for refund in needs_attention.slow_refunds(now):
        yield f"Refund {refund} of booking {refund.payment.booking} is {refund.status} long after its time"


def amounts_are_equal(now):
    """A payment received what was asked for, and what was asked for is what its booking costs."""
    taken = [
        Payment.Status.SUCCEEDED,
        Payment.Status.REFUND_DUE,
        Payment.Status.REFUNDED,
        Payment.Status.TAKEN_BACK,
    ]
    for payment in with_refunds(status__in=taken).exclude(received=F("amount")):
        yield f"Payment {payment} received {payment.received}, not {payment.amount}"
    for payment in with_refunds(status__in=taken).iterator(BATCH):
        booking = payment.booking
        total = minor(booking.total_amount, booking.currency)
        if (payment.amount, payment.currency) != (total, booking.currency):
            yield f"Payment {payment} is of {payment.amount}, its booking {booking} of {total}"


def refunds_within_what_was_received(now):
    for payment in (
        with_refunds().filter(unfailed_refunds__gt=F("received")).exclude(status=Payment.Status.OPEN)
    ):
        yield f"Payment {payment}: {payment.unfailed_refunds} refunded of {payment.received}"


def payments_are_decided(now):
    for payment in with_refunds(status=Payment.Status.OPEN, booking__expires_at__lt=now - OPEN_FOR):
        yield f"Payment {payment} of booking {payment.booking} is OPEN long after its time"


def has_failed_refund(payment):
    """Return whether a refund of the payment failed, was not retried, and can still be made."""
    return 0 < payment.failed_refunds <= payment.received - payment.unfailed_refunds


def with_refunds(**filters):
    """Return payments annotated with sums of their refunds in minor units.

    `unfailed_refunds` are all but failed ones, `done_refunds` the succeeded ones, and `failed_refunds` the
    failed ones that were not retried.
    """
    succeeded = Q(refunds__status=Refund.Status.SUCCEEDED)
    failed = Q(refunds__status=Refund.Status.FAILED)
    return (
        Payment.objects.select_related("booking__showtime")
        .annotate(
            unfailed_refunds=Sum("refunds__amount", filter=~failed, default=0),
            done_refunds=Sum("refunds__amount", filter=succeeded, default=0),
            failed_refunds=Sum("refunds__amount", filter=failed & Q(refunds__retry=None), default=0),
        )
        .filter(**filters)
        .order_by("pk")
    )
