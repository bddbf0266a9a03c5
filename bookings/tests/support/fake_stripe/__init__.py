"""A fake Stripe: a server on the loopback interface that the real SDK and a real browser talk to.

It keeps Stripe's documented rules and nothing of this site's, and can be made to fail (see `faults`). The
same tests run against `localstripe`, which other people wrote, so that they do not rest on our reading of the
rules alone.
"""

from . import cards, faults
from .deliveries import Delivery
from .ledger import Ledger, Refusal
from .server import FakeStripe

__all__ = ["Delivery", "FakeStripe", "Ledger", "Refusal", "cards", "faults"]
