"""Compare whole orders with an empty view: hold, review, book, payment page, pay, tickets; two seats each."""

import re
import time
from itertools import count
from threading import Thread

from .data import PLACES, ROWS
from .load import AS_BROWSER, CONNECTIONS, Connection, compare, per_second, report, request
from .site import site

SECONDS = 1  # of a round; half a second would count only a few orders
SEATS_PER_ORDER = 2
SHOWTIMES = 8  # as on an opening night: all visitors want the same few, whose seats every process knows


class Buyer:
    """Buy seats on one connection, each order for the next visitor."""

    def __init__(self, number, one):
        self.link = Connection(one.port)
        self.cookies = one.cookies[number::CONNECTIONS]
        self.choices = _choices(number, one.showtimes[:SHOWTIMES])

    def order(self, turn):
        """Buy two seats in six requests. Raise RuntimeError for any unexpected status."""
        cookie = self.cookies[turn % len(self.cookies)]
        showtime, seats = next(self.choices)
        book = f"/showtimes/{showtime}/book/"
        self._send(302, "POST", f"/showtimes/{showtime}/hold/", cookie, [("seats", seat) for seat in seats])
        self._send(200, "GET", book, cookie)
        pay = self._send(302, "POST", book, cookie, [("seat_ids", seat) for seat in seats])
        self._send(200, "GET", pay, cookie)
        tickets = self._send(302, "POST", pay, cookie, [("outcome", "success")])
        self._send(200, "GET", tickets, cookie)

    def _send(self, expected, method, path, cookie, fields=()):
        """Return where the response redirects to, or None."""
        status, head = self.link.exchange(request(method, path, cookie, fields=fields, headers=AS_BROWSER))
        if status != expected:
            raise RuntimeError(f"{method} {path} answered with {status}")
        location = re.search(r"(?i)^location: (\S+)", head, re.MULTILINE)
        return location and location[1]


def _choices(number, showtimes):
    """Yield (showtime, pair of seats) that no other buyer gets, in a different showtime each time."""
    pairs = [
        (f"{row}{place}", f"{row}{place + 1}")
        for row in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:ROWS]
        for place in range(1, PLACES, SEATS_PER_ORDER)
    ]
    for pair in pairs[number::CONNECTIONS]:
        for showtime in showtimes:
            yield showtime, pair


def orders_per_second(buyers, turns, *, seconds=SECONDS):
    """Return how many orders all buyers completed per second; each begins its last one before the end."""
    done, failures = [], []
    start = time.perf_counter()

    def buy(buyer):
        try:
            while time.perf_counter() < start + seconds:
                buyer.order(next(turns))
                done.append(time.perf_counter())
        except (RuntimeError, OSError) as error:
            failures.append(error)

    threads = [Thread(target=buy, args=(buyer,)) for buyer in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return len(done) / (max(done) - start)


def main():
    with site() as one:
        buyers = [Buyer(number, one) for number in range(CONNECTIONS)]
        turns = count()
        empty = [request("GET", "/bench/empty/", cookie) for cookie in one.cookies]
        ratio, orders, empty_rate = compare(
            lambda: orders_per_second(buyers, turns), lambda: per_second(one.port, empty)
        )
    return report(
        "whole order / empty view",
        ratio,
        ">= 0.04",
        f"{orders:.1f} orders/s beside {empty_rate:.0f} requests/s",
    )


if __name__ == "__main__":
    raise SystemExit(not main())
