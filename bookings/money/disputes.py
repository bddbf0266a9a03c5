"""Disputes: a cardholder's bank wants a payment back."""

from .. import payment_records
from ..payments import provider


def import_disputes(payment, *, now, event=None):
    """Record what the provider says about the payment's disputes, together with the event that told of them.

    Raise PaymentUnavailable.
    """
    disputes = provider(payment.provider).disputes_of(payment.intent_id)
    payment_records.set_dispute(
        payment_id=payment.pk,
        is_open=any(dispute.open for dispute in disputes),
        is_lost=any(dispute.status == "lost" for dispute in disputes),
        remark="; ".join(f"{dispute.id}: {dispute.status} {dispute.reason}" for dispute in disputes),
        now=now,
        event=event,
    )
