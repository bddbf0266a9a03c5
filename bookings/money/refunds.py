"""Refunds: what a cancelled booking refunds, and making the refunds that are recorded as owed."""

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
from ..seats.locks import free_locks

logger = logging.getLogger(__name__)
REFUND_STATUS = {
    REFUND_PENDING: Refund.Status.PENDING,
    REFUND_SUCCEEDED: Refund.Status.SUCCEEDED,
    REFUND_FAILED: Refund.Status.FAILED,
}


@task()
def make_refund(refund_id: int) -> None:
    """Make a REQUESTED refund at the provider, once, however often and however late this runs."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status != Refund.Status.REQUESTED:
        return
    try:
        made = _find_or_make(refund)
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


def _find_or_make(refund: Refund) -> ProviderRefund:
    """Return the provider's refund for this one.

    Providers forget idempotency keys after a day, so first look for a refund whose answer was lost.
    """
    payment = refund.payment
    payment_provider = provider(payment.provider)
    for made in payment_provider.refunds_of(payment.intent_id):
        if made.key == str(refund.key):
            return made
    return payment_provider.refund(key=refund.key, intent_id=payment.intent_id, amount=refund.amount)


def import_refunds(payment: Payment, *, now: datetime, event: Event | None = None) -> None:
    """Record every refund of the payment that the provider knows, ours and those made in its dashboard.

    `event` is recorded in the same transaction. Raise PaymentUnavailable or UnknownIntent.
    """
    provider_refunds = provider(payment.provider).refunds_of(payment.intent_id)
    with transaction.atomic():
        ours = {str(refund.key): refund.pk for refund in payment.refunds.all()}
        for made in provider_refunds:
            status = REFUND_STATUS[made.status]
            if made.key in ours:
                payment_records.record_refund_status(
                    refund_id=ours[made.key], provider_id=made.id, status=status, now=now
                )
            else:
                payment_records.import_refund(payment_id=payment.pk, made=made, status=status, now=now)
        event_records.record_event(event)


def refund_payment(*, payment: Payment, amount: int, reason: str, now: datetime) -> Refund:
    """Refund an amount that staff has chosen, in minor units, regardless of the refund rules.

    It replaces the oldest failed refund of the same amount, if there is one. Raise RefundNotPossible.
    """
    failed = payment_records.oldest_failed_refund(payment_id=payment.pk, amount=amount)
    owed: Refund = payment_records.request_refund(
        payment_id=payment.pk, amount=amount, reason=reason, now=now, replaces=failed
    )
    enqueue(make_refund, owed.pk)
    return owed


def retry_refund(*, refund: Refund, now: datetime) -> Refund:
    """Request a failed refund again, as a new Refund with its own key. Raise RefundNotPossible."""
    owed: Refund = payment_records.request_refund(
        payment_id=refund.payment_id,
        amount=refund.amount,
        reason=refund.reason,
        now=now,
        replaces=refund,
    )
    enqueue(make_refund, owed.pk)
    return owed


def record_manual_refund(*, refund: Refund, reason: str, now: datetime) -> None:
    """Record that staff has refunded a failed refund's amount in another way. Raise RefundNotPossible."""
    owed = payment_records.request_refund(
        payment_id=refund.payment_id, amount=refund.amount, reason=reason, now=now, replaces=refund
    )
    payment_records.record_refund_status(refund_id=owed.pk, status=Refund.Status.SUCCEEDED, now=now)


def refund_value(booking: Booking, percent: int) -> Decimal:
    """Return the amount that cancelling the booking refunds at that percentage."""
    return pricing.refund_amount(
        seats=booking.seats_amount,
        fee=booking.fee_amount,
        tax=booking.tax_amount,
        percent=percent,
        unit=price_unit(booking.currency),
    )


def refund_quote(booking: Booking, *, now: datetime) -> tuple[Decimal, int]:
    """Return (amount, percent) that cancelling refunds at `now`, by the tiers stored in the booking.

    The amount is in major units, and never more than what is left of the payment.
    """
    minutes_left = (booking.showtime.start_time - now).total_seconds() / 60
    percent = pricing.refund_percent_at(booking.refund_tiers, minutes_left=minutes_left)
    paid = (payment for payment in booking.payments.all() if payment.status == Payment.Status.SUCCEEDED)
    payment = next(paid, None)
    left = payment_records.refundable_amount(payment) if payment else 0
    return min(refund_value(booking, percent), major(left, booking.currency)), percent


def cancel_booking(*, booking: Booking, quoted: Decimal | None = None, now: datetime) -> None:
    """Cancel a visitor's CONFIRMED booking and refund what its tiers say.

    `quoted` is the amount that the visitor has agreed to, or None. Raise NotCancellable, RefundChanged if the
    amount is another one by now, or RefundNotPossible while the payment is disputed.
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


def cancel_for_cinema(*, booking: Booking, now: datetime, reason: str) -> None:
    """Cancel a CONFIRMED booking for the cinema and refund all that is left of its payment, fee included.

    Raise NotCancellable.
    """
    booking, owed = lifecycle.cancel_for_cinema(booking_id=booking.pk, now=now, reason=reason)
    free_locks(booking, now)
    if owed:
        enqueue(make_refund, owed.pk)


def cancel_showtime(*, showtime: Showtime, now: datetime) -> int:
    """Cancel a showtime: end its sales, cancel its bookings and refund them in full.

    Return how many bookings were cancelled. Calling it again finishes what was interrupted. A payment that
    arrives later is refunded like any payment without seats.
    """
    for booking in lifecycle.cancel_sales(showtime_id=showtime.pk, now=now):
        free_locks(booking, now)
    cancelled = 0
    for booking in Booking.objects.filter(showtime=showtime, status=Booking.Status.CONFIRMED).order_by("pk"):
        try:
            cancel_for_cinema(
                booking=booking, now=now, reason=gettext_noop("The cinema cancelled the showtime")
            )
        except NotCancellable:  # its visitor cancelled it meanwhile
            continue
        cancelled += 1
    return cancelled


def refund_totals(showtimes: Iterable[Showtime]) -> tuple[int, dict[str, int]]:
    """Return what cancelling these showtimes refunds: (number of bookings, {currency: minor units})."""
    bookings = Booking.objects.filter(showtime__in=showtimes, status=Booking.Status.CONFIRMED)
    payments = Payment.objects.filter(booking__in=bookings, status=Payment.Status.SUCCEEDED)
    back = Refund.objects.filter(payment__in=payments).exclude(status=Refund.Status.FAILED)
    owed = Counter(dict(payments.order_by().values_list("currency").annotate(Sum("received"))))
    owed.subtract(dict(back.order_by().values_list("payment__currency").annotate(Sum("amount"))))
    return bookings.count(), dict(owed)
