"""How the fake misbehaves: `fake.misbehave("POST", "/v1/refunds", LostAnswer())` spoils the next one."""

from threading import Event
from time import sleep

from .idempotency import Response


class Dropped(Exception):
    """The connection is closed without an answer."""


class Fault:
    """An ordinary exchange; each fault changes one of its two halves."""

    def before(self):
        """Runs before the request is done; an answer (status, body, remembered) replaces doing it."""

    def send(self, handler, response):
        """Sends the answer once the request has been done."""
        handler.send(response)


class NeverArrived(Fault):
    def before(self):
        raise Dropped


class LostAnswer(Fault):
    """Done and remembered, but the one who asked never hears of it."""

    def send(self, handler, response):
        raise Dropped


class Status(Fault):
    """That status instead of doing anything. With `remembered` Stripe keeps it under the idempotency key."""

    def __init__(self, status, *, remembered=False):
        self.answer = (status, {"error": {"type": "api_error", "message": f"A {status}."}}, remembered)

    def before(self):
        return self.answer


class DoneBut500(Fault):
    """The worst one: it is done, the answer is a 500, and that 500 is what the key remembers."""

    def send(self, handler, response):
        response.status, response.body = 500, {"error": {"type": "api_error", "message": "Something broke."}}
        handler.send(response)  # the very object that the key remembers


class Slow(Fault):
    def __init__(self, seconds):
        self.seconds = seconds

    def before(self):
        sleep(self.seconds)


class Held(Fault):
    """Stops before doing anything until `release()`; `arrived` tells that the request has come."""

    def __init__(self):
        self.arrived, self._released = Event(), Event()

    def before(self):
        self.arrived.set()
        self._released.wait(20)

    def release(self):
        self._released.set()


class Drip(Fault):
    """The answer a byte at a time: the body's, or the headers' already."""

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
    """Other bytes where the answer's body belongs, as a proxy on the way would send."""

    def __init__(self, status, body):
        self.status, self.body = status, body

    def send(self, handler, response):
        handler.send(Response(self.status, self.body))
