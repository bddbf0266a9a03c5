"""Signed webhook deliveries. A test chooses which are sent, when, how often, in which order and how old."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from time import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Delivery:
    """A body and its `Stripe-Signature` header."""

    body: bytes
    header: str

    @classmethod
    def of(cls, event, *, secret, age=0):
        """Return the event as Stripe sends it. With a negative age it is signed in the future."""
        return cls.signed(json.dumps(event).encode(), secret=secret, at=int(time()) - age)

    @classmethod
    def signed(cls, body, *, secret, at=None):
        """Return a delivery of any bytes, correctly signed."""
        at = int(time()) if at is None else at
        digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return cls(body, f"t={at},v1={digest}")

    def altered(self, old, new):
        """Return a delivery of another body under the same signature."""
        return Delivery(self.body.replace(old, new), self.header)

    def send(self, url):
        """POST the delivery as Stripe does. Return the status code."""
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": self.header}
        try:
            with urlopen(Request(url, self.body, headers), timeout=20) as answer:
                return answer.status
        except HTTPError as error:
            return error.code
