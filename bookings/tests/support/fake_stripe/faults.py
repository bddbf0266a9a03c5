"""Faults of the fake.

`fake.add_faults("POST", "/v1/refunds", LostResponse())` affects the next such request.
"""

from threading import Event
from time import sleep

from .idempotency import Response


class ConnectionDropped(Exception):
    """Raised to close the connection without a response."""


class Fault:
    """An ordinary request and response. Each fault overrides one of the two methods."""

    def before(self):
        """Run before the request is handled.

        A returned (status, body, remembered) is sent instead of handling the request.
        """

    def send(self, handler, response):
        """Send the response after the request was handled."""
        handler.send(response)


class LostRequest(Fault):
    """Drop the connection before the request is handled."""

    def before(self):
        raise ConnectionDropped


class LostResponse(Fault):
    """The request is handled and remembered, but the response is never sent."""

    def send(self, handler, response):
        raise ConnectionDropped


class ErrorStatus(Fault):
    """Respond with that status instead of handling the request.

    With `remembered`, the idempotency key remembers that response.
    """

    def __init__(self, status, *, remembered=False):
        self.answer = (status, {"error": {"type": "api_error", "message": f"A {status}."}}, remembered)

    def before(self):
        return self.answer


class HandledBut500(Fault):
    """Handle the request, but answer 500 and remember the 500 under the idempotency key."""

    def send(self, handler, response):
        response.status, response.body = 500, {"error": {"type": "api_error", "message": "Something broke."}}
        handler.send(response)  # the idempotency key remembers this same object


class SlowResponse(Fault):
    """Wait that many seconds before handling the request."""

    def __init__(self, seconds):
        self.seconds = seconds

    def before(self):
        sleep(self.seconds)


class BlockedRequest(Fault):
    """Wait for `release()` before handling the request; `arrived` is set when the request has arrived."""

    def __init__(self):
        self.arrived, self._released = Event(), Event()

    def before(self):
        self.arrived.set()
        self._released.wait(20)

    def release(self):
        self._released.set()


class SlowBytes(Fault):
    """Send the body, and with `headers=True` the headers, too, one byte every `pause` seconds."""

    def __init__(self, pause, *, headers=False):
        self.pause, self.headers = pause, headers

    def send(self, handler, response):
        head, body = handler.encoded(response)
        if not self.headers:
            handler.wfile.write(head)
            head = b""
        for byte in head + body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            sleep(self.pause)


class ReplacedBody(Fault):
    """Handle the request, but send another status and body, as a proxy might."""

    def __init__(self, status, body):
        self.status, self.body = status, body

    def send(self, handler, response):
        handler.send(Response(self.status, self.body))
