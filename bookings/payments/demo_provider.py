"""A payment provider without a bank: its ledger is two tables, and the visitor chooses the outcome."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from ..models import DemoIntent, DemoRefund
from . import (
    CANCELED,
    OPEN,
    REFUND_SUCCEEDED,
    SUCCEEDED,
    Dispute,
    Intent,
    PaymentRejected,
    ProviderRefund,
    UnknownIntent,
)
from .events import Event


class Provider:
    """A PaymentProvider, with `pay` in place of a card form."""

    name = "demo"
    livemode = False

    def create_intent(self, *, key: uuid.UUID, reference: str, amount: int, currency: str) -> Intent:
        try:
            with transaction.atomic():
                row = DemoIntent.objects.create(
                    id=f"demo_{uuid.uuid4().hex}",
                    key=key,
                    reference=reference,
                    amount=amount,
                    currency=currency,
                    status=OPEN,
                )
        except IntegrityError:  # asked for before
            row = DemoIntent.objects.get(key=key)
        return _intent(row)

    def retrieve_intent(self, intent_id: str) -> Intent:
        return _intent(_row(intent_id))

    def cancel_intent(self, intent_id: str) -> Intent:
        DemoIntent.objects.filter(pk=intent_id, status=OPEN).update(status=CANCELED)
        return self.retrieve_intent(intent_id)

    def pay(self, intent_id: str) -> Intent:
        """Make an open intent SUCCEEDED and return it, as when a card is accepted."""
        DemoIntent.objects.filter(pk=intent_id, status=OPEN).update(status=SUCCEEDED)
        return self.retrieve_intent(intent_id)

    def refund(self, *, key: uuid.UUID, intent_id: str, amount: int) -> ProviderRefund:
        """Refund that much of the intent, once per key. Raise PaymentRejected if less is left."""
        with transaction.atomic():
            row, is_new = DemoRefund.objects.get_or_create(
                key=key, defaults={"intent": _row(intent_id), "amount": amount}
            )
            refundable = DemoIntent.objects.filter(
                pk=intent_id, status=SUCCEEDED, refunded__lte=F("amount") - amount
            )
            if is_new and not refundable.update(refunded=F("refunded") + amount):
                raise PaymentRejected("There is not that much left to refund.")
        return _refund(row)

    def refunds_of(self, intent_id: str) -> list[ProviderRefund]:
        return [_refund(row) for row in DemoRefund.objects.filter(intent_id=intent_id).order_by("made_at")]

    def disputes_of(self, intent_id: str) -> list[Dispute]:
        """Return an empty list: without a bank there are no disputes."""
        return []

    def events_since(self, moment: datetime) -> list[Event]:
        """Return an empty list: the demo provider has no events."""
        return []


def _refund(row: DemoRefund) -> ProviderRefund:
    return ProviderRefund(f"demo_re_{row.key}", REFUND_SUCCEEDED, row.amount, key=str(row.key))


def _row(intent_id: str) -> DemoIntent:
    row = DemoIntent.objects.filter(pk=intent_id).first()
    if row is None:
        raise UnknownIntent(intent_id)
    return row


def _intent(row: DemoIntent) -> Intent:
    received = row.amount if row.status == SUCCEEDED else 0
    return Intent(
        id=row.pk,
        status=row.status,
        amount=row.amount,
        received=received,
        currency=row.currency,
        reference=row.reference,
        key=str(row.key),
        refunded=row.refunded,
    )
