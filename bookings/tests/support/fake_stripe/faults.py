"""Faults of the fake: `fake.misbehave("POST", "/v1/refunds", LostAnswer())` affects the next such request."""

from threading import Event
from time import sleep

from .idempotency import Response


class Dropped(Exception):
    """The connection is closed without an answer."""


class Fault:
    """An ordinary exchange. Each fault overrides one of its two halves."""

    def before(self):
        """Run before the request is handled; a returned (status, body, remembered) replaces handling it."""

    def send(self, handler, response):
        """Send the response after the request was handled."""
        handler.send(response)


class NeverArrived(Fault):
    def before(self):
        raise Dropped


class LostAnswer(Fault):
    """The request is handled and remembered, but the response is never sent."""

    def send(self, handler, response):
        raise Dropped


class Status(Fault):
    """Answer with that status instead of handling the request; `remembered` keeps it under the key."""

    def __init__(self, status, *, remembered=False):
        self.answer = (status, {"error": {"type": "api_error", "message": f"A {status}."}}, remembered)

    def before(self):
        return self.answer


class DoneBut500(Fault):
    """Handle the request, but answer 500 and remember the 500 under the idempotency key."""

    def send(self, handler, response):
        response.status, response.body = 500, {"error": {"type": "api_error", "message": "Something broke."}}
        handler.send(response)  # the very object that the key remembers


class Slow(Fault):
    def __init__(self, seconds):
        self.seconds = seconds

    def before(self):
        sleep(self.seconds)


class Held(Fault):
    """Wait for `release()` before handling the request; `arrived` is set when the request has arrived."""

    def __init__(self):
        self.arrived, self._released = Event(), Event()

    def before(self):
        self.arrived.set()
        self._released.wait(20)

    def release(self):
        self._released.set()


class Drip(Fault):
    """Send the response one byte at a time, its body or already its headers."""

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


class Instead(Fault):
    """Send other bytes as the body, as a proxy might."""

    def __init__(self, status, body):
        self.status, self.body = status, body

    def send(self, handler, response):
        handler.send(Response(self.status, self.body))
