"""Money on its way back: what a cancelled booking is worth, and making the refunds that are written down."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks import task

from moviebooking.currencies import price_unit
from moviebooking.task_queue import enqueue
from theaters.models import Showtime

from .. import event_records, lifecycle, payment_records, pricing
from ..minor_units import major, minor
from ..models import Booking, Payment, Refund
from ..payments import (
    REFUND_FAILED,
    REFUND_PENDING,
    REFUND_SUCCEEDED,
    PaymentDeclined,
    PaymentRejected,
    PaymentUnavailable,
    ProviderRefund,
    UnknownIntent,
    provider,
)
from ..payments.events import Event
from ..refusals import NotCancellable, RefundChanged
from ..seats.locks import free_locks, refresh_map

logger = logging.getLogger(__name__)
REFUND_STATUS = {
    REFUND_PENDING: Refund.Status.PENDING,
    REFUND_SUCCEEDED: Refund.Status.SUCCEEDED,
    REFUND_FAILED: Refund.Status.FAILED,
}


@task()
def make_refund(refund_id: int) -> None:
    """Make a refund that is written down, once, however often this is run and however much later."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status != Refund.Status.REQUESTED:
        return
    try:
        made = _made(refund)
    except PaymentUnavailable:
        logger.warning("Refund %s waits: the provider does not answer", refund.key)
        return
    except (PaymentRejected, PaymentDeclined, UnknownIntent) as error:
        logger.error("Refund %s was refused: %s", refund.key, error)
        payment_records.record_refund_status(
            refund_id=refund.pk, status=Refund.Status.FAILED, now=timezone.now()
        )
        return
    payment_records.record_refund_status(
        refund_id=refund.pk, provider_id=made.id, status=REFUND_STATUS[made.status], now=timezone.now()
    )


def _made(refund: Refund) -> ProviderRefund:
    """The ProviderRefund of ours. A provider forgets its keys after a day, so one that was made and whose
    answer was lost is looked for before it is asked for.
    """
    payment, ask = refund.payment, provider(refund.payment.provider)
    found = [made for made in ask.refunds_of(payment.intent_id) if made.key == str(refund.key)]
    return (
        found[0] if found else ask.refund(key=refund.key, intent_id=payment.intent_id, amount=refund.amount)
    )


def import_refunds(payment: Payment, *, now: datetime, event: Event | None = None) -> None:
    """Write down every refund that the provider knows of, ours and those made in its dashboard."""
    told = provider(payment.provider).refunds_of(payment.intent_id)
    with transaction.atomic():
        ours = {str(refund.key): refund.pk for refund in payment.refunds.all()}
        for made in told:
            status = REFUND_STATUS[made.status]
            if made.key in ours:
                payment_records.record_refund_status(
                    refund_id=ours[made.key], provider_id=made.id, status=status, now=now
                )
            else:
                payment_records.import_refund(payment_id=payment.pk, made=made, status=status, now=now)
        event_records.record_event(event)


def refund_payment(*, payment: Payment, amount: int, reason: str, now: datetime) -> Refund:
    """Give back that much, in minor units, whatever the rules say: staff has decided. It takes the place of
    a failed one of that amount. Raises RefundNotPossible.
    """
    failed = payment_records.oldest_failed_refund(payment_id=payment.pk, amount=amount)
    owed: Refund = payment_records.request_refund(
        payment_id=payment.pk, amount=amount, reason=reason, now=now, in_place_of=failed
    )
    enqueue(make_refund, owed.pk)
    return owed


def retry_refund(*, refund: Refund, now: datetime) -> Refund:
    """Try a failed refund again, as a new one with a key of its own. Raises RefundNotPossible."""
    owed: Refund = payment_records.request_refund(
        payment_id=refund.payment_id,
        amount=refund.amount,
        reason=refund.reason,
        now=now,
        in_place_of=refund,
    )
    enqueue(make_refund, owed.pk)
    return owed


def record_manual_refund(*, refund: Refund, reason: str, now: datetime) -> Refund:
    """Staff has given the money of a failed refund back by another way. Raises RefundNotPossible."""
    owed = payment_records.request_refund(
        payment_id=refund.payment_id, amount=refund.amount, reason=reason, now=now, in_place_of=refund
    )
    settled: Refund = payment_records.record_refund_status(
        refund_id=owed.pk, status=Refund.Status.SUCCEEDED, now=now
    )
    return settled


def refund_value(booking: Booking, percent: int) -> Decimal:
    """The amount that so many percent of a booking are, by the rules of all refunds."""
    return pricing.refund_amount(
        seats=booking.seats_amount,
        fee=booking.fee_amount,
        tax=booking.tax_amount,
        percent=percent,
        unit=price_unit(booking.currency),
    )


def refund_quote(booking: Booking, *, now: datetime) -> tuple[Decimal, int]:
    """(amount, percent) that cancelling gives back at that moment, by the rules frozen into the booking.
    Never more than is left of what was paid.
    """
    minutes_left = (booking.showtime.start_time - now).total_seconds() / 60
    percent = pricing.percent_back(booking.refund_tiers, minutes_left=minutes_left)
    payment = booking.payments.filter(status=Payment.Status.SUCCEEDED).first()
    left = payment_records.refundable_amount(payment) if payment else 0
    return min(refund_value(booking, percent), major(left, booking.currency)), percent


def cancel_booking(
    *, booking: Booking, quoted: Decimal | None = None, now: datetime
) -> tuple[Booking, Decimal]:
    """The visitor gives a CONFIRMED booking back, and gets what it is worth by then.

    `quoted` is the amount that the visitor has agreed to, or None. Gives the booking and the amount. Raises
    NotCancellable, RefundChanged where it is another amount by now, or RefundNotPossible while a bank decides
    about the payment.
    """

    def quote_of(locked: Booking) -> tuple[int, int]:
        amount, percent = refund_quote(locked, now=now)
        if quoted is not None and quoted != amount:
            raise RefundChanged()
        return minor(amount, locked.currency), percent

    booking, owed = lifecycle.cancel(
        booking_id=booking.pk, quote_of=quote_of, now=now, reason=gettext_noop("Cancelled by the visitor")
    )
    free_locks(booking, now)
    if owed:
        enqueue(make_refund, owed.pk)
    return booking, major(owed.amount, booking.currency) if owed else Decimal(0)


def cancel_for_cinema(*, booking: Booking, now: datetime, reason: str) -> Booking:
    """A CONFIRMED booking is given up by the cinema: all that is left of the money goes back, fee included.

    Raises NotCancellable.
    """
    booking, owed = lifecycle.cancel_for_cinema(booking_id=booking.pk, now=now, reason=reason)
    free_locks(booking, now)
    if owed:
        enqueue(make_refund, owed.pk)
    return booking


def cancel_showtime(*, showtime: Showtime, now: datetime) -> int:
    """The cinema gives the showtime up: no sales, no tickets, everybody's money back in full.

    Gives how many bookings were cancelled. Run again, it finishes what was left; a payment that comes later
    goes back by the way of all payments without seats.
    """
    for booking in lifecycle.cancel_sales(showtime_id=showtime.pk, now=now):
        free_locks(booking, now)
    refresh_map(showtime.pk, now)
    cancelled = 0
    for booking in Booking.objects.filter(showtime=showtime, status=Booking.Status.CONFIRMED).order_by("pk"):
        try:
            cancel_for_cinema(
                booking=booking, now=now, reason=gettext_noop("The cinema cancelled the showtime")
            )
        except NotCancellable:  # its visitor was quicker
            continue
        cancelled += 1
    return cancelled


def refund_totals(showtimes: Iterable[Showtime]) -> tuple[int, dict[str, int]]:
    """What cancelling these showtimes would give back: (number of bookings, currency → minor units)."""
    bookings = Booking.objects.filter(showtime__in=showtimes, status=Booking.Status.CONFIRMED)
    payments = Payment.objects.filter(booking__in=bookings, status=Payment.Status.SUCCEEDED)
    back = Refund.objects.filter(payment__in=payments).exclude(status=Refund.Status.FAILED)
    owed = Counter(dict(payments.order_by().values_list("currency").annotate(Sum("received"))))
    owed.subtract(dict(back.order_by().values_list("payment__currency").annotate(Sum("amount"))))
    return bookings.count(), dict(owed)
