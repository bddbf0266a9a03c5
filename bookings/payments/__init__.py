"""The payment providers behind one interface, which takes and returns plain values.

Amounts are in minor units (paise, yen, fils): see `minor_units`.
"""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .events import Event

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PROVIDERS = {"demo": "bookings.payments.demo_provider", "stripe": "bookings.payments.stripe_provider"}

OPEN, SUCCEEDED, CANCELED = "open", "succeeded", "canceled"  # an Intent's status
REFUND_PENDING, REFUND_SUCCEEDED, REFUND_FAILED = "pending", "succeeded", "failed"  # a ProviderRefund's


@dataclass(frozen=True)
class Intent:
    """The provider's object for a payment. `received` is the amount taken, `key` our Payment's key or ""."""

    id: str
    status: str
    amount: int
    received: int
    currency: str
    reference: str
    key: str = ""
    livemode: bool = False
    client_secret: str = ""
    refunded: int = 0


@dataclass(frozen=True)
class ProviderRefund:
    """The provider's object for a refund. `key` is our Refund's key, "" for one made in its dashboard."""

    id: str
    status: str
    amount: int
    reason: str = ""
    key: str = ""


@dataclass(frozen=True)
class Dispute:
    """A claim of a cardholder's bank to get a payment back. `status` is the provider's own word."""

    id: str
    status: str
    amount: int
    open: bool
    reason: str = ""


class PaymentError(Exception):
    """The provider did not do what was requested. `message` is a sentence for the visitor."""

    code = "payment_failed"
    message: "StrOrPromise" = _("Payment failed.")

    def __init__(self, message: "StrOrPromise | None" = None) -> None:
        super().__init__(message or self.message)
        if message:
            self.message = message


class PaymentUnavailable(PaymentError):
    """The provider did not answer, or not now. The same call with the same key may be made again."""

    code = "payment_unavailable"
    message = _(
        "We can’t reach the payment service. Try again in a minute. If you already paid, your tickets will "
        "appear here; you won’t be charged twice."
    )


class PaymentDeclined(PaymentError):
    """The card was refused; another one may be tried."""

    code = "payment_declined"
    message = _("Your card was declined. Try another card.")


class PaymentRejected(PaymentError):
    """The provider will never do this: repeating the call is no use."""


class UnknownIntent(Exception):
    """The provider doesn't know the intent, or it is none of ours.

    It is no LookupError, because those are bugs and must not be caught with it.
    """


class PaymentProvider(Protocol):
    """The interface of a payment provider. Each provider's module implements it as `Provider`.

    Every method that calls the provider may raise PaymentUnavailable. Repeated calls with the same `key` make
    one payment, or one refund.
    """

    name: str
    livemode: bool  # real money

    def create_intent(self, *, key: UUID, reference: str, amount: int, currency: str) -> Intent:
        """Return the intent to take that amount, made unless one with the key exists. Raise PaymentError."""

    def retrieve_intent(self, intent_id: str) -> Intent:
        """Return the intent. Raise UnknownIntent if the provider doesn't know it."""

    def cancel_intent(self, intent_id: str) -> Intent:
        """Withdraw the intent and return it. One that has succeeded already is returned unchanged."""

    def refund(self, *, key: UUID, intent_id: str, amount: int) -> ProviderRefund:
        """Refund that much of the intent. Raise PaymentRejected or PaymentDeclined if that is impossible."""

    def refunds_of(self, intent_id: str) -> list[ProviderRefund]:
        """Return all refunds of the intent, whoever made them, oldest first."""

    def disputes_of(self, intent_id: str) -> list[Dispute]:
        """Return all disputes about the intent, oldest first."""

    def events_since(self, moment: datetime) -> list[Event]:
        """Return the events since that moment, oldest first; none from a provider without events."""


_providers: dict[str, PaymentProvider] = {}


def provider(name: str | None = None) -> PaymentProvider:
    """Return the provider of that name, by default the one of the settings; each is made once per process."""
    name = name or settings.PAYMENT_PROVIDER
    if name not in _providers:
        _providers[name] = import_module(PROVIDERS[name]).Provider()
    return _providers[name]


def read_event(payload: bytes, header: str) -> Event:
    """Return the Event in a signed webhook delivery. Raise `events.BadSignature` or `events.NotAnEvent`."""
    event: Event = import_module(PROVIDERS["stripe"]).read_event(payload, header)
    return event
