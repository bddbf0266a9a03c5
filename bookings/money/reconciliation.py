"""Catching up with the payment provider: its news as they come, and everything that is still open as a
sweep finds it.

Events are hints. What is true is asked for anew, and `settlement` and `ledger` only ever move it forward.
"""

import logging
from collections import Counter
from datetime import timedelta
from functools import partial
from time import monotonic

from django.conf import settings

from theaters.models import Showtime

from .. import lifecycle, payment_records
from ..models import Booking, Payment, Refund
from ..payments import OPEN, PaymentRejected, PaymentUnavailable, UnknownIntent, provider
from ..refusals import Busy, HoldsUnavailable
from . import refunds, settlement

logger = logging.getLogger(__name__)
OVERLAP = timedelta(hours=1)  # news may be made known later than news that were made after them
FIRST_LOOK = timedelta(days=3)  # as far back as a provider repeats its deliveries
KNOWN_WITHIN = timedelta(hours=6)  # a payment that the provider does not know by then needs a person
WAITS = (PaymentUnavailable, PaymentRejected, HoldsUnavailable, Busy, UnknownIntent)
MOST_IN_VAIN = 24  # seconds that one sweep spends on a provider without an answer: two calls of a full wait
DONE = ("settled", "open", "refunded", "events", "failed")


def handle_event(*, event, now, provider_name="stripe"):
    """Act on one piece of news; events before, or about nothing of ours, it changes nothing.

    Raises PaymentUnavailable or HoldsUnavailable where it has to be told again.
    """
    if payment_records.is_event_recorded(event.id):
        return
    try:
        intent = provider(provider_name).retrieve_intent(event.intent_id)
        payment = _payment_of(intent, provider_name)
    except UnknownIntent as error:
        if Payment.objects.filter(provider=provider_name, intent_id=event.intent_id).exclude(intent_id=""):
            logger.error("The provider does not know payment %s of event %s", event.intent_id, event.id)
            raise PaymentUnavailable from error
        logger.info("Event %s (%s) is about no payment of ours", event.id, event.type)
        payment_records.record_event(event)
        return
    if event.object_kind == "payment_intent":
        settlement.settle(intent=intent, now=now, event=event)
        return
    settlement.settle(intent=intent, now=now)  # first: a refund's or dispute's event may be the earlier one
    if event.object_kind == "dispute":
        _look_at_disputes(payment, now, event)
    else:
        refunds.import_all(payment, now=now, event=event)


def _payment_of(intent, provider_name):
    try:
        return settlement.payment_for(intent)
    except UnknownIntent:
        return settlement.adopt_unrequested_payment(intent, provider=provider_name)


def sync_payment(payment, *, now):
    """Make one payment agree with the provider in everything: state, refunds, disputes. Gives the Intent.

    Raises PaymentUnavailable, HoldsUnavailable, PaymentRejected or UnknownIntent.
    """
    intent = settlement.fetch_intent(payment)
    if intent.status == OPEN and not payment.booking.is_payable(now):
        intent = provider(payment.provider).cancel_intent(intent.id)  # one that succeeded meanwhile says so
    settlement.settle(intent=intent, now=now)
    if intent.received:
        refunds.import_all(payment, now=now)
        _look_at_disputes(payment, now)
    return intent


def reconcile(*, now, fresh_too=True):
    """Ask the provider about everything that is unresolved, and settle it.

    Without `fresh_too` it leaves alone what news will tell of, and is cheap enough for every sweep: payments
    that can still be made, refunds that a bank works on, disputes. Gives a dict: how many payments were
    `settled`, how many payments and refunds are still `open`, how many refunds were `refunded`, how many
    pieces of news were `events`, and how many of all these `failed`, which stops none of the others.
    """
    sweep = _Sweep(now)
    sweep.each(_cancel, _half_cancelled())
    payments = Payment.objects.filter(status=Payment.Status.OPEN).select_related("booking").order_by("pk")
    sweep.each(_settle, (one for one in payments if fresh_too or not one.booking.is_payable(now)))
    sweep.each(_finish, Refund.objects.filter(status=Refund.Status.REQUESTED).order_by("pk"))
    if fresh_too:  # what banks are still working on
        sweep.each(_ask_about, Refund.objects.filter(status=Refund.Status.PENDING).select_related("payment"))
        sweep.each(_ask_about_dispute, Payment.objects.exclude(disputed_at=None))
    sweep.each(partial(_read_events, sweep), [settings.PAYMENT_PROVIDER])
    return dict(sweep.done)


class _Sweep:
    """One round of things to do, each tried by itself, and what became of them."""

    def __init__(self, now):
        self.now, self.done, self.in_vain = now, Counter(dict.fromkeys(DONE, 0)), 0.0

    def each(self, act, subjects):
        """Count what `act` says became of each; whatever it raises, the next one's turn comes.

        A provider that hangs is not asked about all of them: its silence costs every other sweep's work too.
        """
        for subject in subjects:
            started = monotonic()
            outcome = self._tried(act, subject) if self.in_vain < MOST_IN_VAIN else "failed"
            if outcome in DONE:
                self.done[outcome] += 1
            if outcome == "failed":
                self.in_vain += monotonic() - started

    def _tried(self, act, subject):
        try:
            return act(subject, self.now)
        except WAITS as error:
            logger.warning("%r has to wait: %r", subject, error)
        except Exception:
            logger.exception("%r could not be dealt with", subject)
        return "failed"


def report(done):
    """What `reconcile` did, on one line."""
    return ", ".join(f"{what} {times}" for what, times in done.items())


def _settle(payment, now):
    try:
        intent = sync_payment(payment, now=now)
    except PaymentRejected:
        if not payment.intent_id and not payment.booking.is_payable(now):  # never begun, so nothing was taken
            lifecycle.fail_payment(payment_id=payment.pk, now=now)
            return "settled"
        raise
    except UnknownIntent:
        if now - payment.created_at > KNOWN_WITHIN:
            payment_records.flag_for_staff(
                payment_id=payment.pk, remark="The provider does not know this payment"
            )
        raise
    return "open" if intent.status == OPEN else "settled"


def _read_events(sweep, name, now):
    """Hear whatever has happened since that provider's news were last read without a gap."""
    since = (payment_records.events_read_until(name) or now - FIRST_LOOK) - OVERLAP
    news, failed = payment_records.unrecorded_events(provider(name).events_since(since)), sweep.done["failed"]
    sweep.each(_handle, news)
    if sweep.done["failed"] == failed:
        payment_records.set_events_read_until(name, now)


def _handle(event, now):
    handle_event(event=event, now=now, provider_name=settings.PAYMENT_PROVIDER)
    return "events"


def _half_cancelled():
    """Showtimes of which a process died while it was cancelling them."""
    left = Booking.objects.filter(status=Booking.Status.CONFIRMED, showtime__cancelled_at__isnull=False)
    return Showtime.objects.filter(pk__in=left.values("showtime"))


def _cancel(showtime, now):
    return refunds.cancel_showtime(showtime=showtime, now=now)


def _finish(refund, now):
    refunds.make_refund.call(refund.pk)
    return _outcome(refund)


def _outcome(refund):
    refund.refresh_from_db(fields=["status"])
    return {Refund.Status.SUCCEEDED: "refunded", Refund.Status.PENDING: "open"}.get(refund.status, "failed")


def _ask_about(refund, now):
    refunds.import_all(refund.payment, now=now)
    return _outcome(refund)


def _ask_about_dispute(payment, now):
    _look_at_disputes(payment, now)
    payment.refresh_from_db(fields=["disputed_at"])
    return "open" if payment.disputed_at else "settled"


def _look_at_disputes(payment, now, event=None):
    disputes = provider(payment.provider).disputes_of(payment.intent_id)
    payment_records.set_dispute(
        payment_id=payment.pk,
        is_open=any(dispute.open for dispute in disputes),
        is_lost=any(dispute.status == "lost" for dispute in disputes),
        remark="; ".join(f"{dispute.id}: {dispute.status} {dispute.reason}" for dispute in disputes),
        now=now,
        event=event,
    )
