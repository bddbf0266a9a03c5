"""Cause one fault per function. Return the answers that visitors got meanwhile and afterwards."""

import os
import signal
import time
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from .visitor import Visitor, again_and_again, at_once, until_it_works

CONFLICT = 409
LOCKED_SECONDS, FROZEN_SECONDS, BUYERS = 12, 6, 12


@dataclass
class Outcome:
    """`seen` is {request: answers} during the fault, `afterwards` the answers once it was over."""

    fault: str
    seen: dict
    afterwards: list
    details: dict = field(default_factory=dict)

    def recovered(self):
        return bool(self.afterwards) and all(0 < answer.status < 400 for answer in self.afterwards)


def cause(fault, site):
    """Return the Outcome of the fault, caused once the site has recovered from the one before."""
    site.wait_until_healthy()
    return fault(site)


def buyers(site):
    """Return [(visitor, the label of the seat they want)]."""
    return [(visitor, f"A{number + 1}") for number, visitor in enumerate(site.visitors[:BUYERS])]


def each(site, step, *args):
    """Return the results of `step(visitor, *args, seat)`, called for all buyers at once."""
    return at_once(*[partial(step, visitor, *args, seat) for visitor, seat in buyers(site)])


def rush(site):
    """Cause no fault: let all visitors buy at once."""
    showtime = site.showtimes[0]
    held, booked = each(site, Visitor.hold, showtime), each(site, Visitor.book, showtime)
    pairs = zip(site.visitors, booked, strict=False)
    paid = at_once(*[partial(visitor.post, answer.location, outcome="success") for visitor, answer in pairs])
    return Outcome(f"{BUYERS} visitors at once", {"hold": held, "book": booked, "pay": paid}, paid)


def row_locked(site):
    """Lock one showtime's row for 12 seconds while 12 visitors repeatedly try to book there."""
    showtime, other = site.showtimes[1:3]
    passer_by, spare = site.passer_by, site.visitors[-1]
    held = each(site, Visitor.hold, showtime)
    with site.locked(showtime, seconds=LOCKED_SECONDS) as free:
        meanwhile = partial(again_and_again, until=free.is_set)
        seat_map = partial(passer_by.get, f"/showtimes/{other}/seats/")
        *pressed, healthz, home, seats, bought = at_once(
            *[partial(meanwhile, partial(v.book, showtime, seat), pause=2) for v, seat in buyers(site)],
            *[partial(meanwhile, look) for look in (passer_by.healthz, passer_by.home, seat_map)],
            partial(spare.buy, other, "B1"),
        )
    seen = {"hold, before": held, "book": sum(pressed, []), "/healthz": healthz, "/": home}
    seen |= {"another showtime": seats, "buying there": bought}
    return Outcome(f"row locked for {LOCKED_SECONDS} s", seen, each(site, _book_eventually, showtime))


def _book_eventually(visitor, showtime, seat):
    """Book the seat, or the one two rows behind it if the site answers that the seat is gone.

    That happens if Redis was too slow to release the seat: it stays locked for as long as a payment may take.
    """
    answer = until_it_works(partial(visitor.book, showtime, seat))
    if answer.status == CONFLICT:
        other = seat.replace("A", "C")
        until_it_works(partial(visitor.hold, showtime, other))
        answer = until_it_works(partial(visitor.book, showtime, other))
    return answer


def connections_cut(site):
    """Repeatedly cut all connections to PostgreSQL while 12 visitors buy."""
    showtime, done = site.showtimes[3], Event()

    def buy_all():
        try:
            return sum(each(site, Visitor.buy, showtime), [])
        finally:
            done.set()

    answers, _ = at_once(buy_all, partial(again_and_again, site.cut_connections, until=done.is_set))
    return Outcome("connections cut", {"buying": answers}, each(site, _complete_purchase, showtime))


def _complete_purchase(visitor, showtime, seat):
    """Complete the purchase from wherever the fault interrupted it."""
    answer = until_it_works(partial(visitor.get, f"/showtimes/{showtime}/book/"))
    if "/bookings/" not in answer.location:
        if answer.status != 200:  # the visitor holds no seats
            until_it_works(partial(visitor.hold, showtime, seat))
        answer = _book_eventually(visitor, showtime, seat)
    if answer.location.endswith("/pay/"):
        answer = until_it_works(partial(visitor.post, answer.location, outcome="success"))
    return until_it_works(partial(visitor.get, answer.location))


def postgres_stopped(site):
    """Stop PostgreSQL and request pages of every kind."""
    visitor, passer_by = site.visitors[0], site.passer_by
    site.postgres.stop()
    try:
        seen = {
            "a page": [passer_by.search(), visitor.get("/bookings/")],
            "/healthz": [passer_by.healthz()],
            "nothing there": [visitor.get(path) for path in ("/no/", "/static/no.css", "/media/no.png")],
            "wrong method": [visitor.get(f"/showtimes/{site.showtimes[0]}/hold/")],
            "no token": [passer_by.request("POST", "/accounts/login/")],
            "foreign host": [passer_by.get("/", Host="other.example")],
            "missing slash": [passer_by.get("/movies")],
        }
    finally:
        site.postgres.start()
    return Outcome("PostgreSQL stopped", seen, [until_it_works(passer_by.search)])


def postgres_frozen(site):
    """Freeze PostgreSQL: it accepts connections without responding."""
    passer_by, end = site.passer_by, time.monotonic() + FROZEN_SECONDS
    look = partial(again_and_again, passer_by.search, until=lambda: time.monotonic() > end)
    with site.postgres.frozen():
        pages = sum(at_once(*[look] * 8), [])
    return Outcome(
        f"PostgreSQL frozen for {FROZEN_SECONDS} s", {"a page": pages}, [until_it_works(passer_by.search)]
    )


def redis_stopped(site):
    """Stop Redis, try to hold seats, and look at pages."""
    visitor, showtime = site.visitors[0], site.showtimes[4]
    site.redis.stop()
    try:
        seen = {
            "hold": [visitor.hold(showtime, "A1") for _ in range(3)],
            "a page": [visitor.home(), visitor.get(f"/showtimes/{showtime}/seats/")],
        }
    finally:
        site.redis.start()
    return Outcome("Redis stopped", seen, [until_it_works(partial(visitor.hold, showtime, "A1"))])


def web_process_killed(site):
    """Kill one web process while visitors request pages."""
    home, killed = site.passer_by.home, site.web_processes()[0]
    os.kill(killed, signal.SIGKILL)
    answers = at_once(*[home] * 8)
    _wait_for(lambda: killed not in site.web_processes())
    return Outcome("web process killed", {"/": answers}, at_once(*[partial(until_it_works, home)] * 8))


def worker_killed(site):
    """Kill a worker between sending and recording an email; restart PostgreSQL under the next one."""
    visitor = site.visitors[0]
    site.sql("DELETE FROM django_tasks_database_dbtaskresult")  # emails of the other faults
    bought = visitor.buy(site.showtimes[5], "A1")
    reference = bought[-1].location.strip("/").split("/")[-1]
    with site.worker() as first:
        _wait_for(lambda: site.emails_about(reference))
        first.kill()
    with site.worker():
        _wait_for(lambda: site.sql("SELECT 1 FROM moviebooking_workerbeat"))
        site.postgres.stop()
        time.sleep(2)
        site.postgres.start()
        _wait_for(lambda: not site.owes_email_about(reference))
    details = {"emails": len(site.emails_about(reference)), "owed": site.owes_email_about(reference)}
    ticket = visitor.get(f"/bookings/{reference}/")
    return Outcome("worker killed, PostgreSQL restarted", {"buying": bought}, [ticket], details)


def _wait_for(condition, *, seconds=45):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)


FAULTS = [
    rush,
    row_locked,
    connections_cut,
    postgres_stopped,
    postgres_frozen,
    redis_stopped,
    web_process_killed,
    worker_killed,
]
