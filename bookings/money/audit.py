"""The books checked against themselves: what has to be true of seats and money whatever has happened."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, F, Q, Sum

from theaters.models import Showtime

from ..minor_units import minor
from ..models import Booking, Payment, Refund, Ticket
from . import needs_attention, refunds

UNDECIDED_FOR = timedelta(hours=1)  # past a booking's deadline
BATCH = 2000
STATUS = Payment.Status


def audit(now):
    """What is wrong, as sentences; nothing when the books are in order. Reads every row once."""
    checks = (
        seats_sold_once,
        tickets_match_bookings,
        counters_are_true,
        confirmed_bookings_are_paid,
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
    """The database's own constraint says the same; this also speaks where somebody has dropped it."""
    sold = Ticket.objects.valid().order_by().values("showtime", "seat").annotate(times=Count("pk"))
    for row in sold.filter(times__gt=1):
        yield f"Showtime {row['showtime']}: seat {row['seat']} is sold {row['times']} times"


def tickets_match_bookings(now):
    """Valid tickets are of CONFIRMED bookings alone: one for each seat, at the booking's showtime."""
    valid = defaultdict(list)
    rows = Ticket.objects.valid().order_by("pk").values_list("booking", "seat", "showtime")
    for booking, seat, showtime in rows.iterator(BATCH):
        valid[booking].append((showtime, seat))
    bookings = Booking.objects.filter(
        Q(status=Booking.Status.CONFIRMED) | Q(pk__in=Ticket.objects.valid().values("booking"))
    )
    for booking in bookings.iterator(BATCH):
        has = sorted(valid[booking.pk])
        seats = booking.seats if booking.status == Booking.Status.CONFIRMED else []
        wanted = sorted((booking.showtime_id, seat) for seat in seats)
        if has != wanted:
            yield f"Booking {booking} is {booking.status} with valid tickets {has}, not {wanted}"


def counters_are_true(now):
    sold = Count("tickets", filter=Q(tickets__voided_at=None))
    for showtime in (
        Showtime.objects.select_related("screen").annotate(sold=sold).order_by("pk").iterator(BATCH)
    ):
        free = max(showtime.screen.seating.capacity - showtime.sold, 0)
        if showtime.available_seats != free:
            yield f"Showtime {showtime.pk}: available_seats is {showtime.available_seats}, not {free}"


def confirmed_bookings_are_paid(now):
    """Once: not twice, and not by nothing. Money that was taken back later is for `attention` to show."""
    paid = Count("payments", filter=Q(payments__status=STATUS.SUCCEEDED))
    gone = Count("payments", filter=Q(payments__status__in=[STATUS.REFUNDED, STATUS.TAKEN_BACK]))
    confirmed = Booking.objects.filter(status=Booking.Status.CONFIRMED).annotate(paid=paid, gone=gone)
    for booking in confirmed.exclude(paid=1):
        if booking.paid or not booking.gone:
            yield f"Booking {booking} is CONFIRMED by {booking.paid} payments"


def kept_payments_bought_something(now):
    """Tickets; or what the rules keep of a booking that was cancelled."""
    for payment in with_refunds(status=STATUS.SUCCEEDED).exclude(booking__status=Booking.Status.CONFIRMED):
        booking = payment.booking
        if booking.status != Booking.Status.CANCELLED:
            yield f"Payment {payment} is kept, but its booking {booking} is {booking.status}"
        elif not (waits_for_a_person(payment) or payment.disputed_at):
            promised = min(promised_by(booking), payment.received)
            if payment.live_refunds < promised:
                yield f"Payment {payment}: {payment.live_refunds} given back of {promised} by the rules"
    for payment in with_refunds(status=STATUS.MISMATCH).filter(received__gt=F("live_refunds")):
        yield f"Payment {payment} of booking {payment.booking} is kept, and is not what was asked for"


def withdrawn_payments_received_nothing(now):
    """The database's own constraint says the same."""
    for payment in needs_attention.withdrawn_with_money(now):
        received = f"has received {payment.received}"
        yield f"Payment {payment} of booking {payment.booking} is CANCELED, but {received}"


def promised_by(booking):
    """What its visitor has to get back of a cancelled booking, in minor units: all, from the cinema."""
    percent = booking.refund_percent
    amount = booking.total_amount if percent is None else refunds.refund_value(booking, percent)
    return minor(amount, booking.currency)


def refunds_are_made(now):
    for payment in with_refunds(status=STATUS.REFUND_DUE, disputed_at=None):
        if payment.live_refunds != payment.received and not waits_for_a_person(payment):
            yield f"Payment {payment}: {payment.live_refunds} is on its way back, not {payment.received}"
    for payment in with_refunds(status__in=Payment.TAKEN).filter(done_refunds=F("received"), received__gt=0):
        yield f"Payment {payment} is {payment.status} though all of it was given back"
    for payment in with_refunds(status=STATUS.REFUNDED):
        if payment.done_refunds < payment.received:
            yield f"Payment {payment} is REFUNDED by {payment.done_refunds}, not {payment.received}"


def refunds_are_finished(now):
    """As long as one is on its way its money counts as given back."""
    for refund in needs_attention.slow_refunds(now):
        yield f"Refund {refund} of booking {refund.payment.booking} is {refund.status} long after its time"


def amounts_are_equal(now):
    taken = [STATUS.SUCCEEDED, STATUS.REFUND_DUE, STATUS.REFUNDED, STATUS.TAKEN_BACK]
    for payment in with_refunds(status__in=taken).exclude(received=F("amount")):
        yield f"Payment {payment} received {payment.received}, not {payment.amount}"
    for payment in with_refunds(status__in=taken).iterator(BATCH):
        booking = payment.booking
        asked = (minor(booking.total_amount, booking.currency), booking.currency)
        if (payment.amount, payment.currency) != asked:
            yield f"Payment {payment} is of {payment.amount}, its booking {booking} of {asked[0]}"


def refunds_within_what_was_received(now):
    for payment in with_refunds().filter(live_refunds__gt=F("received")).exclude(status=STATUS.OPEN):
        yield f"Payment {payment}: {payment.live_refunds} given back of {payment.received}"


def payments_are_decided(now):
    for payment in with_refunds(status=STATUS.OPEN, booking__expires_at__lt=now - UNDECIDED_FOR):
        yield f"Payment {payment} of booking {payment.booking} is OPEN long after its time"


def waits_for_a_person(payment):
    """A refund of it failed, nothing has taken its place, and it can still be made."""
    return 0 < payment.failed_refunds <= payment.received - payment.live_refunds


def with_refunds(**which):
    """Payments with the sums of their refunds, in minor units."""
    done, failed = Q(refunds__status=Refund.Status.SUCCEEDED), Q(refunds__status=Refund.Status.FAILED)
    alone = failed & Q(refunds__retry=None)
    return (
        Payment.objects.select_related("booking__showtime")
        .annotate(
            live_refunds=Sum("refunds__amount", filter=~failed, default=0),
            done_refunds=Sum("refunds__amount", filter=done, default=0),
            failed_refunds=Sum("refunds__amount", filter=alone, default=0),
        )
        .filter(**which)
        .order_by("pk")
    )
