"""Settle payments: each one ends in tickets or in a refund. SQL, Redis and the payment provider meet here.

There is one path, `settle`, for the demo form, the webhook, the return page and `reconcile_payments`. No row
lock is held during a call to Redis or to the provider, and what is owed is committed before it is tried.
"""

import logging
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from moviebooking.task_queue import enqueue
from moviebooking.typed_codes import canonical_code, may_be_code

from .. import event_records, lifecycle, payment_records
from ..minor_units import minor
from ..models import Booking, Payment
from ..payments import CANCELED, OPEN, SUCCEEDED, PaymentRejected, PaymentUnavailable, UnknownIntent, provider
from ..refusals import PaymentInQuestion, SeatsUnavailable, ShowtimeClosed, TooLate
from ..seats import holds, live_map
from ..seats.locks import free_locks
from . import refunds

logger = logging.getLogger(__name__)
RETAKE_SECONDS = 60  # how long a late payment's seats are locked while it is confirmed


def begin_payment(*, booking, now):
    """Return the booking's one open Intent. Raise TooLate, PaymentInQuestion or PaymentError."""
    return _known_intent(_open_payment(booking, now))


def _open_payment(booking, now):
    """Return the booking's open Payment, committed with its key before the provider is called.

    Raise PaymentRejected if it was begun with a provider that the site no longer uses.
    """
    amount = minor(booking.total_amount, booking.currency)
    payment = lifecycle.open_payment(booking_id=booking.pk, provider=provider().name, amount=amount, now=now)
    if payment.provider != provider().name:
        message = _("This payment method is no longer available. Cancel this booking and start again.")
        raise PaymentRejected(message)
    return payment


def refresh_from_provider(booking, *, now):
    """Settle the booking's open payment, if it has one. Return the booking as it is then.

    Raise PaymentInQuestion while a payment of it needs attention: nobody should pay again before that.
    """
    unsettled = booking.payments.filter(status__in=[Payment.Status.OPEN, Payment.Status.MISMATCH])
    for payment in unsettled.exclude(intent_id=""):
        if payment.status == Payment.Status.MISMATCH:
            raise PaymentInQuestion()
        settle(intent=_known_intent(payment), now=now)
        return Booking.objects.for_pages().get(pk=booking.pk)
    return booking


def _known_intent(payment):
    """Return the payment's intent, for a page: one that the provider doesn't know is PaymentUnavailable."""
    try:
        return fetch_intent(payment)
    except UnknownIntent as error:
        logger.error("The provider does not know payment %s of booking %s", payment, payment.booking)
        raise PaymentUnavailable from error


def pay_demo(*, booking, succeeds, now):
    """Pay with the demo provider, or fail for good. Return the booking as it is then."""
    payment = _open_payment(booking, now)
    intent, demo = _known_intent(payment), provider("demo")
    intent = demo.pay(intent.id) if succeeds else demo.cancel_intent(intent.id)
    return settle(intent=intent, payment=payment, now=now)


def settle(*, intent, now, payment=None, event=None):
    """Make the booking agree with the provider's intent. Return it. Safe to repeat, in any order.

    `payment` is the one of the intent, if the caller has just read it. It is read again under its row lock.
    `event` is the event that led here, if any; it is recorded together with what it changes. Raise
    UnknownIntent for an intent that is not ours, and HoldsUnavailable if a late payment has to wait for
    Redis: nothing is changed then, and `reconciliation` tries again.
    """
    payment = payment or payment_for(intent)
    if payment.status in Payment.DECIDED or intent.status == OPEN:
        event_records.record_event(event)
        return payment.booking
    if intent.status == CANCELED:
        booking = lifecycle.fail_payment(payment_id=payment.pk, now=now, event=event)
        free_locks(booking, now)
        return booking
    if difference := _difference(payment, intent):
        payment_records.flag_for_staff(
            payment_id=payment.pk, remark=difference, received=intent.received, event=event
        )
        return payment.booking
    if intent.refunded:  # in the provider's dashboard, before it was settled here
        refunds.import_refunds(payment, now=now)
        reason = gettext_noop("Some of the payment had been refunded before it was settled.")
        return _refund_without_seats(payment, reason, now, event)
    return _confirm_or_refund(payment, now, event)


def payment_for(intent):
    """Return the Payment of an intent. Raise UnknownIntent if it is not ours.

    A payment without an intent ID, left by a crash, is found by its key and gets the ID.
    """
    payments = Payment.objects.select_related("booking")
    payment = payments.filter(intent_id=intent.id).first()
    if payment is None and intent.key:
        payment = payments.filter(key=_parse_uuid(intent.key), intent_id="").first()
        if payment and payment_records.record_intent_id(payment, intent.id) != intent.id:
            payment = None
    if payment is None:
        raise UnknownIntent(intent.id)
    return payment


def adopt_unrequested_payment(intent, *, provider):
    """Return a Payment for a succeeded intent that names a booking but was never asked for by this site.

    Settling it then buys the booking's seats or refunds it. Raise UnknownIntent.
    """
    reference = canonical_code(intent.reference)  # may have been typed in the provider's dashboard
    booking = Booking.objects.filter(reference=reference).first() if may_be_code(reference) else None
    if booking is None or intent.status != SUCCEEDED:
        raise UnknownIntent(intent.id)
    asked = minor(booking.total_amount, booking.currency)
    return payment_records.record_unrequested_payment(
        booking=booking, provider=provider, intent_id=intent.id, amount=asked, received=intent.received
    )


def _parse_uuid(text):
    """Return the UUID, or None if the text is none: metadata can be edited in the provider's dashboard."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _difference(payment, intent):
    """Return how the intent differs from what was asked for, as a remark for staff; "" if it doesn't."""
    expected = {
        "amount": payment.amount,
        "currency": payment.currency.lower(),
        "reference": payment.booking.reference,
        "livemode": provider(payment.provider).livemode,
    }
    actual = {
        "amount": intent.received,
        "currency": intent.currency.lower(),
        "reference": canonical_code(intent.reference),
        "livemode": intent.livemode,
    }
    return "; ".join(
        f"{name} is {actual[name]!r}, not {expected[name]!r}"
        for name in expected
        if actual[name] != expected[name]
    )


def _confirm_or_refund(payment, now, event):
    """Confirm the booking of a succeeded payment, or owe a refund if it can't be. Return the booking."""
    try:
        booking = _confirm(payment, now, event)
    except SeatsUnavailable as refusal:
        reason = gettext_noop("The payment came late, and %(seats)s had been taken by then.")
        return _refund_without_seats(payment, reason % {"seats": ", ".join(refusal.seats)}, now, event)
    except (TooLate, ShowtimeClosed):
        reason = gettext_noop("The payment came too late to complete the booking.")
        return _refund_without_seats(payment, reason, now, event)
    free_locks(booking, now, paid=True)
    return booking


def _confirm(payment, now, event):
    """Confirm in time or, with the seats locked again, late. Return the booking.

    A sweep may expire the booking between the reading and the row lock; the payment is late after all then.
    """
    booking = payment.booking
    if booking.is_payable(now):
        try:
            return lifecycle.confirm(payment_id=payment.pk, now=now, event=event)
        except TooLate:
            booking.refresh_from_db()
            if booking.status != Booking.Status.EXPIRED:
                raise
    _retake_locks(booking, now)
    return lifecycle.confirm(payment_id=payment.pk, now=now, late=True, event=event)


def _refund_without_seats(payment, reason, now, event):
    """Record that the payment is refunded in full, then enqueue the refund. Return the booking.

    A sweep finishes what a crash leaves undone.
    """
    refund = lifecycle.owe_refund(payment_id=payment.pk, reason=reason, now=now, event=event)
    booking = Booking.objects.get(pk=payment.booking_id)
    if not booking.is_payable(now) and booking.status != Booking.Status.CONFIRMED:
        free_locks(booking, now)
    if refund:
        enqueue(refunds.make_refund, refund.pk)
    return booking


def _retake_locks(booking, now):
    """Lock the seats of a booking past its deadline, like any visitor's hold, while it is being confirmed.

    Raise TooLate, ShowtimeClosed, SeatsUnavailable or HoldsUnavailable.
    """
    if booking.status not in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        raise TooLate()

    def take(snapshot):
        snapshot.refuse_closed(now)
        return holds.take(
            booking.showtime_id,
            owner=holds.late(booking.reference, booking.user_id),
            seats=booking.seats,
            snapshot_stamp=snapshot.stamp,
            now=now,
            seconds=RETAKE_SECONDS,
            ceiling_seconds=RETAKE_SECONDS,
        )

    live_map.with_live_map(booking.showtime_id, take, now=now)


def fetch_intent(payment):
    """Return the payment's intent as the provider has it now, created by the payment's key if need be.

    Raise PaymentUnavailable, PaymentRejected or UnknownIntent.
    """
    payment_provider = provider(payment.provider)
    if payment.intent_id:
        return payment_provider.retrieve_intent(payment.intent_id)
    intent = payment_provider.create_intent(
        key=payment.key,
        reference=payment.booking.reference,
        amount=payment.amount,
        currency=payment.currency,
    )
    recorded_id = payment_records.record_intent_id(payment, intent.id)
    return intent if recorded_id == intent.id else payment_provider.retrieve_intent(recorded_id)
