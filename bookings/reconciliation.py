"""Catching up with the payment provider: its news as they come, and everything that is still open as a
sweep finds it.

News are hints. What is true is asked for anew, and `settlement` and `ledger` only ever move it forward.
"""

import logging
from datetime import timedelta

from . import ledger, refunds, settlement
from .models import Payment, PaymentEvent, Refund
from .payments import OPEN, PaymentUnavailable, provider
from .refusals import HoldsUnavailable

logger = logging.getLogger(__name__)
OVERLAP = timedelta(hours=1)  # news may be made known later than news that were made after them
FIRST_LOOK = timedelta(days=3)  # as far back as a provider repeats its deliveries
WAITS = (PaymentUnavailable, HoldsUnavailable, LookupError)


def hear(*, event, now):
    """Act on one piece of news; heard before, or about nothing of ours, it changes nothing.

    Raises PaymentUnavailable or HoldsUnavailable where it has to be told again.
    """
    if ledger.knows(event.id):
        return
    try:
        intent = provider().retrieve_intent(event.intent_id)
        payment = settlement.payment_of(intent)
    except LookupError:
        logger.info("Event %s (%s) is about no payment of ours", event.id, event.type)
        ledger.note(event)
        return
    if event.object_kind == "refund":
        _import_refunds(payment, now, event)
    elif event.object_kind == "dispute":
        _look_at_disputes(payment, now, event)
    else:
        settlement.settle(intent=intent, now=now, event=event)


def catch_up(payment, *, now):
    """Make one payment agree with the provider in everything: state, refunds, disputes. Gives the Intent."""
    intent = settlement.intent_of(payment)
    if intent.status == OPEN and not payment.booking.is_live(now):
        intent = provider(payment.provider).cancel_intent(intent.id)  # one that succeeded meanwhile says so
    settlement.settle(intent=intent, now=now)
    if intent.received:
        _import_refunds(payment, now)
        _look_at_disputes(payment, now)
    return intent


def reconcile(*, now):
    """Ask the provider about everything that is unresolved, and settle it.

    Gives a dict: how many payments were `settled` or are still `open`, how many refunds were `refunded`,
    how many pieces of news were `heard`, and how many of all these `failed`, which stops none of the
    others.
    """
    done = {"settled": 0, "open": 0, "refunded": 0, "heard": 0, "failed": 0}
    open_payments = Payment.objects.filter(status=Payment.Status.OPEN).select_related("booking")
    for payment in open_payments.iterator():
        done[_try(payment, now)] += 1
    for event in _missed_news(now, done):
        done[_hear_again(event, now)] += 1
    unfinished = Refund.objects.filter(status__in=[Refund.Status.REQUESTED, Refund.Status.PENDING])
    for refund_id in unfinished.values_list("pk", flat=True):
        refunds.give_back.call(refund_id)
        finished = Refund.objects.filter(pk=refund_id, status=Refund.Status.SUCCEEDED).exists()
        done["refunded" if finished else "failed"] += 1
    return done


def report(done):
    """What `reconcile` did, on one line."""
    return ", ".join(f"{what} {times}" for what, times in done.items())


def _try(payment, now):
    try:
        intent = catch_up(payment, now=now)
    except WAITS as error:
        logger.warning("Payment %s could not be settled: %s", payment.key, error)
        return "failed"
    return "open" if intent.status == OPEN else "settled"


def _missed_news(now, done):
    """What the provider has told since the latest news that arrived, and nobody has heard."""
    latest = PaymentEvent.objects.order_by("-created_at").values_list("created_at", flat=True).first()
    since = latest - OVERLAP if latest else now - FIRST_LOOK
    try:
        return [event for event in provider().events_since(since) if not ledger.knows(event.id)]
    except PaymentUnavailable:
        done["failed"] += 1
        return []


def _hear_again(event, now):
    try:
        hear(event=event, now=now)
    except WAITS as error:
        logger.warning("Event %s could not be acted on: %s", event.id, error)
        return "failed"
    return "heard"


def _import_refunds(payment, now, event=None):
    """Every refund that the provider knows of, ours and those made in its dashboard."""
    ours = {str(refund.key): refund for refund in payment.refunds.all()}
    for made in provider(payment.provider).refunds_of(payment.intent_id):
        told = {"status": refunds.REFUND_STATUS[made.status], "now": now, "event": event}
        if made.key in ours:
            ledger.refund_settled(refund_id=ours[made.key].pk, provider_id=made.id, **told)
        else:
            ledger.import_refund(payment_id=payment.pk, made=made, **told)
    ledger.note(event)


def _look_at_disputes(payment, now, event=None):
    disputes = provider(payment.provider).disputes_of(payment.intent_id)
    ledger.set_dispute(
        payment_id=payment.pk,
        is_open=any(dispute.open for dispute in disputes),
        remark="; ".join(f"{dispute.id}: {dispute.status} {dispute.reason}" for dispute in disputes),
        now=now,
        event=event,
    )
