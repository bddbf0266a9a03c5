"""Visitors of one showtime: each looks at the seats, holds one that is free, and buys it."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from urllib.parse import urlencode

from .data import CSRF, PLACES, ROWS

SEATS = [f"{chr(ord('A') + row)}{place}" for row in range(ROWS) for place in range(1, PLACES + 1)]
MOST_TRIES = 50
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip", "X-CSRFToken": CSRF}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Visitor:
    """A browser on a connection of its own. `statuses` counts its answers by (request, status)."""

    def __init__(self, port, cookie, showtime, *, wants=SEATS, seed=0):
        self.port, self.link = port, HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie, self.showtime, self.wants = cookie, f"/showtimes/{showtime}", wants
        self.chance, self.statuses = Random(seed), Counter()
        self.etag, self.free = "", []

    def close(self):
        self.link.close()

    def buy_a_seat(self):
        """Try until a seat is bought or none is left. Return its label, or None."""
        for _ in range(MOST_TRIES):
            if not self.look():
                return None
            seat = self.chance.choice(self.free)
            if self.hold([seat]) == 200 and self.pay(seat):
                return seat
        return None

    def pay(self, seat, outcome="success"):
        """Review, book and pay the seat that is held. Return True if it led to the booking's page."""
        self.send("GET", f"{self.showtime}/book/")
        page = self.post(f"{self.showtime}/book/", seat_ids=[seat])
        if not page:
            return False
        self.send("GET", page)
        booking = self.post(page, outcome=outcome)
        return bool(booking) and self.send("GET", booking)[0].status == 200

    def look(self):
        """Ask which seats are free, unless none has changed. Return their labels."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "If-None-Match": self.etag}
        reply, body = self.send("GET", f"{self.showtime}/seats.json", headers)
        if reply.status == 200:
            self.etag, seats = reply.headers["ETag"], json.loads(body)
            gone = {*seats["booked"], *seats["held"], *seats["mine"]}
            self.free = [seat for seat in self.wants if seat not in gone]
        return self.free

    def hold(self, seats):
        """Return the status."""
        form = urlencode({"seats": seats}, doseq=True)
        headers = FORM | {"Accept": "application/json"}
        return self.send("POST", f"{self.showtime}/hold/", headers, form)[0].status

    def post(self, path, **fields):
        """Return where the response redirects to, or None."""
        return self.send("POST", path, FORM, urlencode(fields, doseq=True))[0].headers["Location"]

    def send(self, method, path, headers=(), body=None):
        """Return (response, body), and count its status."""
        self.link.request(method, path, body, BROWSER | {"Cookie": self.cookie} | dict(headers))
        reply = self.link.getresponse()
        content = reply.read()
        self.statuses[f"{method} {_kind(path)}", reply.status] += 1
        return reply, content


def _kind(path):
    """Return what the request is about: the last word of the path that is no key."""
    words = [word for word in path.split("/") if word]
    return words[-1] if words[-1] in ("book", "hold", "pay", "seats.json") else words[0]


def serve(one, showtime, cookies, action, *, at_once, wants=SEATS):
    """Call `action(visitor)` for one visitor per cookie. Return the statuses of all of them."""
    statuses = Counter()

    def run(number):
        visitor = Visitor(one.port, cookies[number], showtime, wants=wants, seed=number)
        try:
            action(visitor)
        finally:
            visitor.close()
        return visitor.statuses

    with ThreadPoolExecutor(at_once) as pool:
        for found in pool.map(run, range(len(cookies))):
            statuses += found
    return statuses


def unexpected(statuses, expected=(200, 302, 304, 409)):
    """Return the other statuses, as {"POST hold 503": times}."""
    return {f"{request} {status}": n for (request, status), n in statuses.items() if status not in expected}


def seats_sold(one, showtime):
    """Return [how many valid tickets there are, for how many seats]."""
    query = "SELECT count(*), count(DISTINCT seat) FROM bookings_ticket WHERE showtime_id = %s"
    return list(one.sql(f"{query} AND voided_at IS NULL", showtime)[0])
