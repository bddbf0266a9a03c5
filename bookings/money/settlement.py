"""From payment to tickets, or back to the visitor: where SQL, Redis and the payment provider meet.

Money and seats are settled by one path, `settle`, whoever brings the news: the demo form, the webhook, the
page the visitor comes back to, or `reconcile_payments`. No row lock is ever held while Redis or the
provider is asked, and what is owed is written down and committed before it is tried.
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
    """The provider's open Intent for the booking: one, however often it is asked for.

    The Payment row and its key are committed before the provider hears of it. Raises TooLate or PaymentError;
    PaymentRejected where it was begun with a provider that the site has left since.
    """
    payment = lifecycle.open_payment(
        booking_id=booking.pk,
        provider=provider().name,
        amount=minor(booking.total_amount, booking.currency),
        now=now,
    )
    if payment.provider != provider().name:
        raise PaymentRejected(
            _("This payment method is no longer available. Cancel this booking and start again.")
        )
    return _known_intent(payment)


def refresh_from_provider(booking, *, now):
    """The booking once its payment under way, if there is one, has been asked about.

    Raises PaymentInQuestion where nobody should pay any more before a person has looked.
    """
    unsettled = booking.payments.filter(status__in=[Payment.Status.OPEN, Payment.Status.MISMATCH])
    for payment in unsettled.exclude(intent_id=""):
        if payment.status == Payment.Status.MISMATCH:
            raise PaymentInQuestion()
        settle(intent=_known_intent(payment), now=now)
        return Booking.objects.for_pages().get(pk=booking.pk)
    return booking


def _known_intent(payment):
    """For a page: an intent that the provider does not know is treated as no answer."""
    try:
        return fetch_intent(payment)
    except UnknownIntent as error:
        logger.error("The provider does not know payment %s of booking %s", payment, payment.booking)
        raise PaymentUnavailable from error


def pay_demo(*, booking, succeeds, now):
    """What the demo provider's form does: pay, or fail for good. Gives the booking as it then is."""
    intent = begin_payment(booking=booking, now=now)
    demo = provider("demo")
    return settle(intent=demo.pay(intent.id) if succeeds else demo.cancel_intent(intent.id), now=now)


def settle(*, intent, now, event=None):
    """Make the site agree with what the provider says of a payment; safe to repeat, in any order.

    `event` is the news that made somebody ask, written down together with what it changes. Gives the booking.
    Raises UnknownIntent for an intent that is not ours, and HoldsUnavailable where a late payment has to wait
    for Redis: nothing is changed then, and `reconciliation` tries again.
    """
    payment = payment_for(intent)
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
    if intent.refunded:  # in the provider's dashboard, before we knew of the payment
        refunds.import_refunds(payment, now=now)
        reason = gettext_noop("Some of the payment had been refunded before it was settled.")
        return _no_seat_for(payment, reason, now, event)
    return _paid(payment, now, event)


def payment_for(intent):
    """The Payment behind an intent; by its key where a crash came before the intent's name was written
    down. Raises UnknownIntent for one that is not ours.
    """
    payments = Payment.objects.select_related("booking")
    payment = payments.filter(intent_id=intent.id).first()
    if payment is None and intent.key:
        payment = payments.filter(key=_uuid(intent.key), intent_id="").first()
        if payment and payment_records.record_intent_id(payment, intent.id) != intent.id:
            payment = None
    if payment is None:
        raise UnknownIntent(intent.id)
    return payment


def adopt_unrequested_payment(intent, *, provider):
    """The Payment of money that this site never asked for, if it names one of our bookings: it buys the
    booking's seats, or goes back. Raises UnknownIntent.
    """
    reference = canonical_code(intent.reference)  # somebody may have typed it in the dashboard
    booking = Booking.objects.filter(reference=reference).first() if may_be_code(reference) else None
    if booking is None or intent.status != SUCCEEDED:
        raise UnknownIntent(intent.id)
    asked = minor(booking.total_amount, booking.currency)
    return payment_records.record_unrequested_payment(
        booking=booking, provider=provider, intent_id=intent.id, amount=asked, received=intent.received
    )


def _uuid(text):
    """The key in an intent's metadata, which somebody may have edited in the provider's dashboard."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _difference(payment, intent):
    """What is not as it was asked for, as a sentence for staff, or nothing."""
    asked = {
        "amount": payment.amount,
        "currency": payment.currency.lower(),
        "reference": payment.booking.reference,
        "livemode": provider(payment.provider).livemode,
    }
    came = {
        "amount": intent.received,
        "currency": intent.currency.lower(),
        "reference": canonical_code(intent.reference),
        "livemode": intent.livemode,
    }
    wrong = [f"{name} is {came[name]!r}, not {asked[name]!r}" for name in asked if asked[name] != came[name]]
    return "; ".join(wrong)


def _paid(payment, now, event):
    """Tickets for a payment that has succeeded or, where there is no seat for it any more, the money back."""
    try:
        booking = _confirm(payment, now, event)
    except SeatsUnavailable as refusal:
        reason = gettext_noop("The payment came late, and %(seats)s had been taken by then.")
        return _no_seat_for(payment, reason % {"seats": ", ".join(refusal.seats)}, now, event)
    except (TooLate, ShowtimeClosed):
        reason = gettext_noop("The payment came too late to complete the booking.")
        return _no_seat_for(payment, reason, now, event)
    free_locks(booking, now, paid=True)
    return booking


def _confirm(payment, now, event):
    """In time or, with the locks taken again, late. A sweep by a later clock may come between the reading and
    the row lock: then it is late after all.
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


def _no_seat_for(payment, reason, now, event):
    """The refund is written down first; then it is made, and a sweep finishes what a crash leaves undone."""
    refund = lifecycle.owe_refund(payment_id=payment.pk, reason=reason, now=now, event=event)
    booking = Booking.objects.get(pk=payment.booking_id)
    if not booking.is_payable(now) and booking.status != Booking.Status.CONFIRMED:
        free_locks(booking, now)
    if refund:
        enqueue(refunds.make_refund, refund.pk)
    return booking


def _retake_locks(booking, now):
    """Take the seats of a booking past its deadline like anybody else, for as long as confirming lasts."""
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
    """The payment's intent as the provider has it now; made, by the payment's key, if it never was."""
    ask = provider(payment.provider)
    if payment.intent_id:
        return ask.retrieve_intent(payment.intent_id)
    intent = ask.create_intent(
        key=payment.key,
        reference=payment.booking.reference,
        amount=payment.amount,
        currency=payment.currency,
    )
    name = payment_records.record_intent_id(payment, intent.id)
    return intent if name == intent.id else ask.retrieve_intent(name)
