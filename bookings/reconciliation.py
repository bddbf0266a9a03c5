"""Catching up with the payment provider: its news as they come, and everything that is still open as a
sweep finds it.

News are hints. What is true is asked for anew, and `settlement` and `ledger` only ever move it forward.
"""

import logging
from collections import Counter
from datetime import timedelta

from django.conf import settings

from theaters.models import Showtime

from . import ledger, lifecycle, refunds, settlement
from .models import Booking, Payment, Refund
from .payments import OPEN, PaymentRejected, PaymentUnavailable, UnknownIntent, provider
from .refusals import HoldsUnavailable, PaymentWasTaken

logger = logging.getLogger(__name__)
OVERLAP = timedelta(hours=1)  # news may be made known later than news that were made after them
FIRST_LOOK = timedelta(days=3)  # as far back as a provider repeats its deliveries
KNOWN_WITHIN = timedelta(hours=6)  # a payment that the provider does not know by then needs a person
WAITS = (PaymentUnavailable, PaymentRejected, HoldsUnavailable, UnknownIntent)
DONE = ("settled", "open", "refunded", "heard", "failed")


def hear(*, event, now, provider_name="stripe"):
    """Act on one piece of news; heard before, or about nothing of ours, it changes nothing.

    Raises PaymentUnavailable or HoldsUnavailable where it has to be told again.
    """
    if ledger.knows(event.id):
        return
    try:
        intent = provider(provider_name).retrieve_intent(event.intent_id)
        payment = _payment_of(intent, provider_name)
    except UnknownIntent as error:
        if Payment.objects.filter(provider=provider_name, intent_id=event.intent_id).exclude(intent_id=""):
            logger.error("The provider does not know payment %s of event %s", event.intent_id, event.id)
            raise PaymentUnavailable from error
        logger.info("Event %s (%s) is about no payment of ours", event.id, event.type)
        ledger.note(event)
        return
    if event.object_kind == "payment_intent":
        settlement.settle(intent=intent, now=now, event=event)
        return
    settlement.settle(intent=intent, now=now)  # whichever news comes first: nothing is built on sand
    if event.object_kind == "dispute":
        _look_at_disputes(payment, now, event)
    else:
        refunds.import_all(payment, now=now, event=event)


def _payment_of(intent, provider_name):
    try:
        return settlement.payment_of(intent)
    except UnknownIntent:
        return settlement.adopt(intent, provider=provider_name)


def catch_up(payment, *, now):
    """Make one payment agree with the provider in everything: state, refunds, disputes. Gives the Intent.

    Raises PaymentUnavailable, HoldsUnavailable, PaymentRejected or UnknownIntent.
    """
    intent = settlement.intent_of(payment)
    if intent.status == OPEN and not payment.booking.is_live(now):
        intent = provider(payment.provider).cancel_intent(intent.id)  # one that succeeded meanwhile says so
    settlement.settle(intent=intent, now=now)
    if intent.received:
        refunds.import_all(payment, now=now)
        _look_at_disputes(payment, now)
    return intent


def close_unpaid(payment, *, now):
    """Staff has found out that nothing was ever taken, which the provider can't tell. Raises PaymentWasTaken.

    Should money come after all, it is settled like any other.
    """
    if payment.status in Payment.DECIDED or payment.received or payment.booking.is_live(now):
        raise PaymentWasTaken()
    lifecycle.payment_failed(payment_id=payment.pk, now=now)


def reconcile(*, now, fresh_too=True):
    """Ask the provider about everything that is unresolved, and settle it.

    Without `fresh_too` it leaves alone what news will tell of, and is cheap enough for every sweep: payments
    that can still be made, refunds that a bank works on, disputes. Gives a dict: how many payments were
    `settled`, how many payments and refunds are still `open`, how many refunds were `refunded`, how many
    pieces of news were `heard`, and how many of all these `failed`, which stops none of the others.
    """
    done = Counter(dict.fromkeys(DONE, 0))
    payments = Payment.objects.filter(status=Payment.Status.OPEN).select_related("booking").order_by("pk")
    for payment in payments:
        if fresh_too or not payment.booking.is_live(now):
            done[_attempt(_settle, payment, now)] += 1
    _read_news(now, done)
    for showtime in _half_cancelled():
        _attempt(_cancel, showtime, now)
    for refund in Refund.objects.filter(status=Refund.Status.REQUESTED).order_by("pk"):
        done[_attempt(_finish, refund, now)] += 1
    if fresh_too:
        _ask_banks(now, done)
    return dict(done)


def report(done):
    """What `reconcile` did, on one line."""
    return ", ".join(f"{what} {times}" for what, times in done.items())


def _attempt(act, subject, now):
    """What `act` says became of its subject, or "failed", whatever it was: the others are waiting."""
    try:
        return act(subject, now)
    except WAITS as error:
        logger.warning("%s %s has to wait: %r", type(subject).__name__, subject, error)
    except Exception:
        logger.exception("%s %s could not be dealt with", type(subject).__name__, subject)
    return "failed"


def _settle(payment, now):
    try:
        intent = catch_up(payment, now=now)
    except PaymentRejected:
        if not payment.intent_id and not payment.booking.is_live(now):  # never begun, so nothing was taken
            lifecycle.payment_failed(payment_id=payment.pk, now=now)
            return "settled"
        raise
    except UnknownIntent:
        if now - payment.created_at > KNOWN_WITHIN:
            ledger.needs_a_person(payment_id=payment.pk, remark="The provider does not know this payment")
        raise
    return "open" if intent.status == OPEN else "settled"


def _read_news(now, done):
    """Hear whatever has happened since the news were last read without a gap."""
    name = settings.PAYMENT_PROVIDER
    since = (ledger.news_read_until(name) or now - FIRST_LOOK) - OVERLAP
    try:
        news = provider(name).events_since(since)
    except PaymentUnavailable:
        done["failed"] += 1
        return
    outcomes = [_attempt(_hear, event, now) for event in ledger.unknown(news)]
    done.update(outcomes)
    if "failed" not in outcomes:
        ledger.set_news_read_until(name, now)


def _hear(event, now):
    hear(event=event, now=now, provider_name=settings.PAYMENT_PROVIDER)
    return "heard"


def _half_cancelled():
    """Showtimes of which a process died while it was cancelling them."""
    left = Booking.objects.filter(status=Booking.Status.CONFIRMED, showtime__cancelled_at__isnull=False)
    return Showtime.objects.filter(pk__in=left.values("showtime"))


def _cancel(showtime, now):
    return refunds.cancel_showtime(showtime=showtime, now=now)


def _finish(refund, now):
    refunds.give_back.call(refund.pk)
    return _outcome(refund)


def _outcome(refund):
    refund.refresh_from_db(fields=["status"])
    return {Refund.Status.SUCCEEDED: "refunded", Refund.Status.PENDING: "open"}.get(refund.status, "failed")


def _ask_banks(now, done):
    """What banks are still working on: refunds under way, and disputes."""
    for refund in Refund.objects.filter(status=Refund.Status.PENDING).select_related("payment"):
        done[_attempt(_ask_about, refund, now)] += 1
    for payment in Payment.objects.exclude(disputed_at=None):
        done[_attempt(_ask_about_dispute, payment, now)] += 1


def _ask_about(refund, now):
    refunds.import_all(refund.payment, now=now)
    return _outcome(refund)


def _ask_about_dispute(payment, now):
    _look_at_disputes(payment, now)
    payment.refresh_from_db(fields=["disputed_at"])
    return "open" if payment.disputed_at else "settled"


def _look_at_disputes(payment, now, event=None):
    disputes = provider(payment.provider).disputes_of(payment.intent_id)
    ledger.set_dispute(
        payment_id=payment.pk,
        is_open=any(dispute.open for dispute in disputes),
        is_lost=any(dispute.status == "lost" for dispute in disputes),
        remark="; ".join(f"{dispute.id}: {dispute.status} {dispute.reason}" for dispute in disputes),
        now=now,
        event=event,
    )
