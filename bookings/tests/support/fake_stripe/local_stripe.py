"""`localstripe`, another fake Stripe, from PyPI, in a process of its own behind a proxy.

The site is not adapted to it: the proxy adds what it lacks of Stripe's documented behaviour.
Run as a program, this module is the server process; it prints its port.
"""

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen

from bookings.tests.support.fake_stripe.idempotency import IdempotencyKeys, Response

SECRET_KEY = "sk_test_second"
UNSUPPORTED_FIELDS = {"description"}


class LocalStripe:
    """`with LocalStripe() as local_stripe:` starts the server and the proxy.

    The site calls the proxy at `origin`; tests call the server itself at `server_url`.
    """

    def __enter__(self):
        program = [sys.executable, "-m", "bookings.tests.support.fake_stripe.local_stripe"]
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        self.server_url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        handler = type(
            "Handler", (_Proxy,), {"server_url": self.server_url, "idempotency_keys": IdempotencyKeys()}
        )
        self.proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.proxy.daemon_threads = True
        Thread(target=self.proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.proxy.server_port}"
        return self

    def __exit__(self, *exc_info):
        self.proxy.shutdown()
        self.proxy.server_close()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    @property
    def settings(self):
        return {"STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_API_BASE": self.origin}

    def post(self, path, **fields):
        """POST to the server itself. Return the status and the object of its response."""
        return _request(f"{self.server_url}{path}", urlencode(fields).encode())

    def pay(self, intent_id, number):
        """Pay as a browser does: create a payment method from the card, and confirm the intent with it."""
        card = {"card[number]": number, "card[exp_month]": 12, "card[exp_year]": 2050, "card[cvc]": "123"}
        method = self.post("/v1/payment_methods", type="card", **card)[1]
        self.post(f"/v1/payment_intents/{intent_id}", payment_method=method["id"])
        return self.post(f"/v1/payment_intents/{intent_id}/confirm")

    def authenticate(self, intent_id, client_secret, passed):
        path = f"/v1/payment_intents/{intent_id}/_authenticate"
        return self.post(path, client_secret=client_secret, success=passed)


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):  # noqa: N802  (the library's name)
        self._respond(self._forward(None))

    def do_POST(self):  # noqa: N802
        fields = parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        fields = [(name, value) for name, value in fields if name not in UNSUPPORTED_FIELDS]
        key = self.headers["Idempotency-Key"]
        self._respond(
            self.idempotency_keys.once(
                key, (self.path, fields), lambda: self._forward(urlencode(fields).encode())
            )
        )

    def _forward(self, body):
        status, answer = _request(f"{self.server_url}{self.path}", body)
        if answer.get("object") == "payment_intent":
            answer["amount_received"] = answer["amount"] if answer["status"] == "succeeded" else 0
        if status == 400 and self.path.endswith("/cancel"):
            answer["error"]["code"] = "payment_intent_unexpected_state"
        return Response(status, answer)

    def _respond(self, response):
        body = json.dumps(response.body).encode()
        self.send_response(response.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _request(url, body):
    request = Request(url, body, {"Authorization": f"Bearer {SECRET_KEY}"})
    try:
        with urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except HTTPError as error:
        return error.code, json.load(error)


def run_server():
    """Run localstripe on the loopback interface, without saving its data to a file."""
    import socket

    from aiohttp import web
    from localstripe.resources import store
    from localstripe.server import app

    store.dump_to_disk = lambda: None
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    web.run_app(app, sock=listening, print=None)


if __name__ == "__main__":
    run_server()
