"""The rows about money: payments, refunds and the provider's news. Written here and by `lifecycle`; no
network.

What is given back never adds up to more than was taken: that sum is made under the payment's row lock,
which comes after the showtime's and the booking's where those are taken too.
"""

import logging
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Sum

from .models import Payment, PaymentEvent, Refund
from .refusals import RefundNotPossible

logger = logging.getLogger(__name__)
FINAL = (Refund.Status.SUCCEEDED, Refund.Status.FAILED)


def knows(event_id):
    return PaymentEvent.objects.filter(event_id=event_id).exists()


def note(event):
    """Write down that this news was acted on; to be called in the transaction of what it changed. None is
    fine.
    """
    if event:
        made_at = datetime.fromtimestamp(event.created, UTC)
        PaymentEvent.objects.get_or_create(
            event_id=event.id,
            defaults={"type": event.type, "intent_id": event.intent_id, "created_at": made_at},
        )


def name_intent(payment, intent_id):
    """Write down what the provider calls this payment, once."""
    Payment.objects.filter(pk=payment.pk, intent_id="").update(intent_id=intent_id)
    payment.intent_id = intent_id


def set_status(payment, status, now):
    payment.status, payment.settled_at = status, now
    payment.save(update_fields=["status", "settled_at"])


@transaction.atomic
def needs_a_person(*, payment_id, remark, event=None):
    """Keep a payment that is not what was asked for as it is, for staff to decide, and raise the alert."""
    Payment.objects.filter(pk=payment_id).update(status=Payment.Status.MISMATCH, note=remark[:500])
    note(event)
    logger.error("Payment %s needs a person: %s", payment_id, remark)


@transaction.atomic
def request_refund(*, payment_id, amount, reason, now):
    """Write down that this much, in minor units, goes back. Raises RefundNotPossible."""
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    taken = payment.status in (Payment.Status.SUCCEEDED, Payment.Status.REFUND_DUE, Payment.Status.MISMATCH)
    if not taken or payment.disputed_at or not 0 < amount <= left_to_refund(payment):
        raise RefundNotPossible()
    return Refund.objects.create(payment=payment, amount=amount, reason=reason, created_at=now)


def left_to_refund(payment):
    """What of the payment has not been given back and is not on its way, in minor units."""
    live = payment.refunds.exclude(status=Refund.Status.FAILED)
    return payment.amount - (live.aggregate(sum=Sum("amount"))["sum"] or 0)


@transaction.atomic
def refund_settled(*, refund_id, provider_id, status, now, event=None):
    """Write down what the provider said of a refund; a final word stays."""
    note(event)
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    refund = payment.refunds.get(pk=refund_id)
    if refund.status in FINAL and status != Refund.Status.FAILED:
        return refund
    refund.status, refund.refund_id = status, provider_id or refund.refund_id
    refund.settled_at = now if status in FINAL else None
    refund.save(update_fields=["status", "refund_id", "settled_at"])
    if status == Refund.Status.FAILED:
        logger.error("Refund %s failed: a person has to give the money back", refund.pk)
    _close_when_all_is_back(payment)
    return refund


@transaction.atomic
def import_refund(*, payment_id, made, status, now, event=None):
    """Take over a refund that somebody made in the provider's own dashboard."""
    note(event)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    refund, is_new = Refund.objects.get_or_create(
        payment=payment,
        refund_id=made.id,
        defaults={
            "amount": made.amount,
            "status": status,
            "reason": made.reason,
            "created_at": now,
            "settled_at": now if status in FINAL else None,
        },
    )
    if is_new:
        _close_when_all_is_back(payment)
    return refund


def _close_when_all_is_back(payment):
    back = payment.refunds.filter(status=Refund.Status.SUCCEEDED).aggregate(sum=Sum("amount"))["sum"] or 0
    if back >= payment.amount and payment.status in (Payment.Status.SUCCEEDED, Payment.Status.REFUND_DUE):
        payment.status = Payment.Status.REFUNDED
        payment.save(update_fields=["status"])


@transaction.atomic
def set_dispute(*, payment_id, is_open, remark, now, event=None):
    """Flag the payment while a card holder's bank decides about it: nothing is refunded twice over
    meanwhile.
    """
    note(event)
    payments = Payment.objects.filter(pk=payment_id)
    if is_open and payments.filter(disputed_at=None).update(disputed_at=now, note=remark[:500]):
        logger.error("Payment %s is disputed: %s", payment_id, remark)
    if not is_open:
        payments.exclude(disputed_at=None).update(disputed_at=None, note=remark[:500])
