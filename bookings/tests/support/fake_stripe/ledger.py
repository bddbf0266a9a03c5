"""Stripe's data and its rules: intents, charges, refunds, disputes, and their events."""

import secrets
from threading import RLock
from time import time

from . import cards

INTENT_PARAMS = {
    *("amount", "currency", "description", "metadata", "payment_method_types", "automatic_payment_methods"),
    *("receipt_email", "capture_method", "statement_descriptor_suffix"),
}
REFUND_PARAMS = {"payment_intent", "amount", "metadata", "reason"}
SMALLEST_AMOUNT = 50


class Refusal(Exception):
    """An error response of Stripe: its HTTP status, and a body with its `error` object."""

    def __init__(self, status, message, *, code=None, type="invalid_request_error", **more):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": type, "message": message, "code": code, **more}}


class Ledger:
    """All objects of one Stripe account, in memory, and the operations on them."""

    def __init__(self):
        self.lock = RLock()
        self.intents, self.charges, self.refunds, self.disputes, self.events = {}, {}, {}, {}, []
        self.status_of_new_refunds = "succeeded"

    # --- intents ---

    def create_intent(self, params):
        _refuse_unknown(INTENT_PARAMS, params)
        amount = _positive_integer(params, "amount")
        if amount < SMALLEST_AMOUNT:
            raise Refusal(400, "Amount must convert to at least 50 cents.", code="amount_too_small")
        intent = _new_object(
            "pi", "payment_intent", amount=amount, amount_received=0, currency=params["currency"]
        )
        intent |= {
            "client_secret": f"{intent['id']}_secret_{secrets.token_hex(12)}",
            "description": params.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": params.get("metadata", {}),
            "next_action": None,
            "payment_method_types": params.get("payment_method_types", ["card"]),
            "status": "requires_payment_method",
        }
        self.intents[intent["id"]] = intent
        self._record_event("payment_intent.created", intent)
        return intent

    def intent(self, intent_id):
        return _get_or_refuse(self.intents, intent_id, "payment_intent")

    def confirm(self, intent_id, card):
        """Confirm the intent with a card: it is paid or declined, or the bank asks for authentication."""
        intent = self.intent(intent_id)
        if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
            raise _unexpected_state(intent, "confirm")
        if card == cards.ASKS_3DS:
            intent |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}
            self._record_event("payment_intent.requires_action", intent)
            return intent
        if card in cards.DECLINES:
            decline_code, message = cards.DECLINES[card]
            raise self._decline(intent, message, code="card_declined", decline_code=decline_code)
        return self._charge(intent)

    def authenticate(self, intent_id, passed):
        """Answer the bank's authentication request as the visitor; raise Refusal if not `passed`."""
        intent = self.intent(intent_id)
        if intent["status"] != "requires_action":
            raise _unexpected_state(intent, "authenticate")
        intent["next_action"] = None
        if passed:
            return self._charge(intent)
        message = (
            "We are unable to authenticate your payment method. Please choose a different payment method."
        )
        raise self._decline(intent, message, code="payment_intent_authentication_failure")

    def cancel_intent(self, intent_id):
        intent = self.intent(intent_id)
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise _unexpected_state(intent, "cancel")
        intent |= {"status": "canceled", "next_action": None}
        self._record_event("payment_intent.canceled", intent)
        return intent

    def _charge(self, intent):
        charge = _new_object(
            "ch", "charge", amount=intent["amount"], amount_refunded=0, currency=intent["currency"]
        )
        charge |= {
            "disputed": False,
            "payment_intent": intent["id"],
            "refunded": False,
            "status": "succeeded",
        }
        self.charges[charge["id"]] = charge
        intent |= {"status": "succeeded", "latest_charge": charge["id"], "last_payment_error": None}
        intent["amount_received"] = intent["amount"]
        self._record_event("charge.succeeded", charge)
        self._record_event("payment_intent.succeeded", intent)
        return intent

    def _decline(self, intent, message, **codes):
        refusal = Refusal(402, message, type="card_error", **codes)
        intent |= {"status": "requires_payment_method", "last_payment_error": refusal.body["error"]}
        self._record_event("payment_intent.payment_failed", intent)
        refusal.body["error"] = {**refusal.body["error"], "payment_intent": dict(intent)}
        return refusal

    # --- refunds and disputes ---

    def create_refund(self, params):
        _refuse_unknown(REFUND_PARAMS, params)
        intent = self.intent(params.get("payment_intent", ""))
        if intent["status"] != "succeeded":
            raise Refusal(400, "This PaymentIntent does not have a successful charge to refund.")
        charge = self.charges[intent["latest_charge"]]
        left = charge["amount"] - charge["amount_refunded"]
        amount = _positive_integer(params, "amount") if "amount" in params else left
        if charge["disputed"]:
            raise Refusal(400, f"Charge {charge['id']} has been charged back.", code="charge_disputed")
        if not left:
            message = f"Charge {charge['id']} has already been refunded."
            raise Refusal(400, message, code="charge_already_refunded")
        if amount > left:
            raise Refusal(400, f"Refund amount ({amount}) is greater than unrefunded amount ({left}).")
        return self._refund_charge(charge, amount, params)

    def _refund_charge(self, charge, amount, params):
        refund = _new_object("re", "refund", amount=amount, currency=charge["currency"], charge=charge["id"])
        refund |= {
            "failure_reason": None,
            "metadata": params.get("metadata", {}),
            "payment_intent": charge["payment_intent"],
            "reason": params.get("reason"),
            "status": self.status_of_new_refunds,
        }
        self.refunds[refund["id"]] = refund
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._record_event("refund.created", refund)
        self._record_event("charge.refunded", charge)
        return refund

    def finish_refund(self, refund_id, status, failure_reason=None):
        """Set the final status of a pending refund, as a bank does days later."""
        refund = _get_or_refuse(self.refunds, refund_id, "refund")
        refund |= {"status": status, "failure_reason": failure_reason}
        if status == "failed":
            charge = self.charges[refund["charge"]]
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
        self._record_event("refund.failed" if status == "failed" else "refund.updated", refund)
        return refund

    def open_dispute(self, intent_id, reason="fraudulent"):
        charge = self.charges[self.intent(intent_id)["latest_charge"]]
        charge["disputed"] = True
        dispute = _new_object(
            "dp", "dispute", amount=charge["amount"], currency=charge["currency"], reason=reason
        )
        dispute |= {"charge": charge["id"], "payment_intent": intent_id, "status": "needs_response"}
        self.disputes[dispute["id"]] = dispute
        self._record_event("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, dispute_id, status):
        dispute = _get_or_refuse(self.disputes, dispute_id, "dispute")
        dispute["status"] = status
        self._record_event("charge.dispute.closed", dispute)
        return dispute

    def _record_event(self, type, subject):
        """Record an event, created in the same second as its payment, as Stripe's often are."""
        intent = self.intents.get(subject.get("payment_intent") or subject["id"], subject)
        event = _new_object("evt", "event", type=type, data={"object": dict(subject)}, api_version=None)
        self.events.append(event | {"created": intent["created"]})


def _new_object(prefix, kind, **fields):
    made = {
        "id": f"{prefix}_{secrets.token_hex(12)}",
        "object": kind,
        "created": int(time()),
        "livemode": False,
    }
    return made | fields


def _get_or_refuse(things, thing_id, kind):
    if thing_id not in things:
        raise Refusal(404, f"No such {kind}: '{thing_id}'", code="resource_missing", param="id")
    return things[thing_id]


def _refuse_unknown(known, params):
    for unknown in set(params) - known:
        raise Refusal(400, f"Received unknown parameter: {unknown}", code="parameter_unknown", param=unknown)


def _positive_integer(params, name):
    try:
        amount = int(params[name])
    except (KeyError, ValueError):
        raise Refusal(400, f"Invalid integer: {name}", code="parameter_invalid_integer", param=name) from None
    if amount < 1:
        raise Refusal(400, "This value must be greater than 0.", code="parameter_invalid_integer", param=name)
    return amount


def _unexpected_state(intent, verb):
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return Refusal(400, message, code="payment_intent_unexpected_state", payment_intent=dict(intent))
