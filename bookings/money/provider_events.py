"""Acting on the provider's events, whether they came by webhook or from its list.

An event only hints that something has happened. The truth is fetched anew, so events may come late, twice, or
in any order.
"""

import logging

from .. import event_records
from ..models import Payment
from ..payments import PaymentUnavailable, UnknownIntent, provider
from . import disputes, refunds, settlement

logger = logging.getLogger(__name__)


def handle_event(*, event, now, provider_name="stripe"):
    """Act on one event. One that was handled before, or is about no payment of ours, changes nothing.

    Raise PaymentUnavailable or HoldsUnavailable if the event has to be delivered again.
    """
    if event_records.is_event_recorded(event.id):
        return
    try:
        intent = provider(provider_name).retrieve_intent(event.intent_id)
        payment = _payment_for(intent, provider_name)
    except UnknownIntent as error:
        if Payment.objects.filter(provider=provider_name, intent_id=event.intent_id).exclude(intent_id=""):
            logger.error("The provider does not know payment %s of event %s", event.intent_id, event.id)
            raise PaymentUnavailable from error
        logger.info("Event %s (%s) is about no payment of ours", event.id, event.type)
        event_records.record_event(event)
        return
    if event.object_kind == "payment_intent":
        settlement.settle(intent=intent, now=now, event=event)
        return
    settlement.settle(intent=intent, now=now)  # first: the event of the payment itself may still be to come
    if event.object_kind == "dispute":
        disputes.import_disputes(payment, now=now, event=event)
    else:
        refunds.import_refunds(payment, now=now, event=event)


def _payment_for(intent, provider_name):
    """Return the Payment of the intent, a new one if the site never asked for it. Raise UnknownIntent."""
    try:
        return settlement.payment_for(intent)
    except UnknownIntent:
        return settlement.adopt_unrequested_payment(intent, provider=provider_name)
