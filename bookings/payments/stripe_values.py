"""Converting Stripe's objects, as dicts, to the site's own values."""

from typing import Any

from . import (
    CANCELED,
    OPEN,
    REFUND_FAILED,
    REFUND_PENDING,
    REFUND_SUCCEEDED,
    SUCCEEDED,
    Dispute,
    Intent,
    ProviderRefund,
)

INTENT_STATUSES = {
    "succeeded": SUCCEEDED,
    "canceled": CANCELED,
}  # all others are OPEN: they may still become one of these
REFUND_STATUSES = {"succeeded": REFUND_SUCCEEDED, "failed": REFUND_FAILED, "canceled": REFUND_FAILED}
DISPUTES_DECIDED = {"won", "lost", "warning_closed", "prevented"}


def intent(data: dict[str, Any]) -> Intent:
    charge = data.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}  # only its ID unless it was expanded
    metadata = data.get("metadata") or {}
    return Intent(
        id=data["id"],
        status=INTENT_STATUSES.get(data["status"], OPEN),
        amount=data["amount"],
        received=data.get("amount_received", 0),
        currency=data["currency"].upper(),
        reference=metadata.get("booking", ""),
        key=metadata.get("payment", ""),
        livemode=data.get("livemode", False),
        client_secret=data.get("client_secret") or "",
        refunded=charge.get("amount_refunded", 0),
    )


def refund(data: dict[str, Any]) -> ProviderRefund:
    return ProviderRefund(
        id=data["id"],
        status=REFUND_STATUSES.get(data["status"], REFUND_PENDING),
        amount=data["amount"],
        reason=data.get("failure_reason") or data.get("reason") or "",
        key=(data.get("metadata") or {}).get("refund", ""),
    )


def dispute(data: dict[str, Any]) -> Dispute:
    return Dispute(
        id=data["id"],
        status=data["status"],
        amount=data["amount"],
        open=data["status"] not in DISPUTES_DECIDED,
        reason=data.get("reason") or "",
    )
