"""The payment provider as the rest of the site sees it: plain values in, plain values out.

Amounts are whole numbers of the smallest unit the provider counts in (paise, yen, fils): see `units`.
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
    """What the provider knows of a payment. `received` is what it has taken; `key` is our Payment's own."""

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
    """Money on its way back. `key` is our Refund's own; one made in the provider's dashboard has none."""

    id: str
    status: str
    amount: int
    reason: str = ""
    key: str = ""


@dataclass(frozen=True)
class Dispute:
    """A card holder's bank wants the money back. `status` is in the provider's words."""

    id: str
    status: str
    amount: int
    open: bool
    reason: str = ""


class PaymentError(Exception):
    """The provider did not do what was asked; `message` is a sentence for the visitor."""

    code = "payment_failed"
    message: "StrOrPromise" = _("Payment failed.")

    def __init__(self, message: "StrOrPromise | None" = None) -> None:
        super().__init__(message or self.message)
        if message:
            self.message = message


class PaymentUnavailable(PaymentError):
    """No answer, or "not now": nothing is known, and the same call with the same key may be made again."""

    code = "payment_unavailable"
    message = _(
        "We can't reach the payment service. Try again in a minute. If you already paid, your tickets will "
        "appear here; you won't be charged twice."
    )


class PaymentDeclined(PaymentError):
    """The card was refused; another one may be tried."""

    code = "payment_declined"
    message = _("Your card was declined. Try another card.")


class PaymentRejected(PaymentError):
    """The provider will never do this: asking again is no use, a person has to look."""


class UnknownIntent(Exception):
    """The provider has never heard of it, or it is none of ours. No LookupError: those are bugs, and loud."""


class PaymentProvider(Protocol):
    """What a provider module's `Provider` can do. All calls with one `key` are one payment, or one refund."""

    name: str
    livemode: bool  # real money

    def create_intent(self, *, key: UUID, reference: str, amount: int, currency: str) -> Intent:
        """Make, or find again by its key, the intent to take that amount. Raises PaymentError."""

    def retrieve_intent(self, intent_id: str) -> Intent:
        """Raises PaymentUnavailable, or UnknownIntent where the provider has never heard of it."""

    def cancel_intent(self, intent_id: str) -> Intent:
        """Withdraw it. One that has succeeded already stays so, and is returned as it is."""

    def refund(self, *, key: UUID, intent_id: str, amount: int) -> ProviderRefund:
        """Give it back. Raises PaymentRejected or PaymentDeclined where it never will, PaymentUnavailable
        where it may yet.
        """

    def refunds_of(self, intent_id: str) -> list[ProviderRefund]:
        """Every refund of the intent, whoever made it, oldest first."""

    def disputes_of(self, intent_id: str) -> list[Dispute]:
        """Every dispute about the intent."""

    def events_since(self, moment: datetime) -> list[Event]:
        """What has happened there since that moment, oldest first; a provider without events has none."""


_made: dict[str, PaymentProvider] = {}


def provider(name: str | None = None) -> PaymentProvider:
    """The provider of that name, one a process; without a name the one the settings choose."""
    name = name or settings.PAYMENT_PROVIDER
    if name not in _made:
        _made[name] = import_module(PROVIDERS[name]).Provider()
    return _made[name]


def read_event(payload: bytes, header: str) -> Event:
    """The `events.Event` in a signed delivery. Raises `events.BadSignature` or `events.NotAnEvent`."""
    event: Event = import_module(PROVIDERS["stripe"]).read_event(payload, header)
    return event
