"""The ledger over HTTP: an API for the SDK; a script, a card form and a 3-D Secure page for the browser."""

import json
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from . import cards
from .deliveries import Delivery
from .faults import ConnectionDropped, Fault
from .idempotency import IdempotencyKeys, Response
from .ledger import Ledger, Refusal
from .routes import handle

BROWSER = Path(__file__).parent / "browser"
BROWSER_FILES = {
    "/v3/": ("stripe.js", "text/javascript"),
    "/v3/element.html": ("element.html", "text/html"),
    "/v3/challenge.html": ("challenge.html", "text/html"),
}
SECRET_KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET = "sk_test_fake", "pk_test_fake", "whsec_fake"


class FakeStripe:
    """`with FakeStripe() as fake:` runs it on a free port. `requests` lists the requests it received."""

    def __init__(self):
        self.ledger, self.idempotency_keys = Ledger(), IdempotencyKeys()
        self.requests, self.request_headers, self._faults = [], [], []
        self.server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self.server.shutdown()
        self.server.server_close()

    @property
    def settings(self):
        """Return the settings that make the site use this server."""
        return {
            "PAYMENT_PROVIDER": "stripe",
            "STRIPE_SECRET_KEY": SECRET_KEY,
            "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
            "STRIPE_WEBHOOK_SECRET": [WEBHOOK_SECRET],
            "STRIPE_API_BASE": self.origin,
            "STRIPE_JS_URL": f"{self.origin}/v3/",
            "STRIPE_BROWSER_API_ORIGIN": self.origin,
            "STRIPE_FRAME_ORIGINS": [self.origin],
        }

    def add_faults(self, verb, path, *faults):
        """Apply these faults, one each, to the next requests with that method and path prefix."""
        self._faults += [(verb, path, fault) for fault in faults]

    def fault_for(self, verb, path):
        """Return the next fault for such a request, and remove it; without one, an ordinary Fault."""
        for waiting in self._faults:
            if verb == waiting[0] and path.startswith(waiting[1]):
                self._faults.remove(waiting)
                return waiting[2]
        return Fault()

    def pay(self, intent_id, card=cards.GOOD):
        """Confirm the intent as the browser does. A declined card raises nothing here. Return the intent."""
        with self.ledger.lock, suppress(Refusal):
            self.ledger.confirm(intent_id, card)
        return self.ledger.intent(intent_id)

    def events(self, *types):
        """Return the events of these types, or all events, oldest first."""
        return [event for event in self.ledger.events if not types or event["type"] in types]

    def deliveries(self, *types, age=0):
        """Return those events as signed webhook deliveries, `age` seconds old."""
        return [Delivery.of(event, secret=WEBHOOK_SECRET, age=age) for event in self.events(*types)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Print errors, except those of clients that were killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):  # noqa: N802  (the library's name)
        self._handle("GET")

    def do_POST(self):  # noqa: N802
        self._handle("POST")

    def do_OPTIONS(self):  # noqa: N802
        self.send(Response(200, {}))

    def _handle(self, verb):
        path, params = self._read_request()
        if path in BROWSER_FILES:
            return self._send_file(*BROWSER_FILES[path])
        fault = self.fake.fault_for(verb, path)
        self.fake.requests.append((verb, path, params))
        self.fake.request_headers.append(dict(self.headers))
        try:
            response = self._respond(verb, path, params, fault)
            fault.send(self, response)
        except (ConnectionDropped, ConnectionError):
            self.close_connection = True

    def _read_request(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        return url.path, parse_qsl(url.query) + parse_qsl(body)

    def _respond(self, verb, path, params, fault):
        key = self.headers.get("Idempotency-Key")
        replaced = fault.before()
        if replaced and not replaced[2]:
            return Response(*replaced[:2])
        action = (
            (lambda: Response(*replaced[:2])) if replaced else (lambda: self._call_ledger(verb, path, params))
        )
        return self.fake.idempotency_keys.once(key, (verb, path, params), action) if key else action()

    def _call_ledger(self, verb, path, params):
        with self.fake.ledger.lock:
            try:
                authorization = self.headers.get("Authorization", "")
                return Response(200, handle(self.fake.ledger, verb, path, params, authorization))
            except Refusal as refusal:
                return Response(refusal.status, refusal.body)

    def _send_file(self, name, content_type):
        body = (BROWSER / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send(self, response):
        head, body = self.encoded(response)
        self.wfile.write(head + body)

    def encoded(self, response):
        """Return the response's bytes, head and body."""
        body = response.body if isinstance(response.body, bytes) else json.dumps(response.body).encode()
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Content-Length": len(body),
            "Content-Type": "application/json",
            "Request-Id": "req_fake",
            **({"Idempotent-Replayed": "true"} if response.replayed else {}),
        }
        lines = [
            f"HTTP/1.1 {response.status} As Asked",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode(), body
