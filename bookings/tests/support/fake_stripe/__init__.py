"""A fake Stripe: a server on the loopback interface that the real SDK and a real browser talk to.

It keeps Stripe's documented rules and nothing of this site's, and can misbehave on request. The same
expectations are run against `localstripe`, which other people wrote, so that it is not only what we imagine.
"""

from . import cards, faults
from .deliveries import Delivery
from .ledger import Ledger, Refusal
from .server import FakeStripe

__all__ = ["Delivery", "FakeStripe", "Ledger", "Refusal", "cards", "faults"]
