"""The storms. Each is one fault; it gives what visitors were answered meanwhile and afterwards."""

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
    """Answers by what was asked for: while the fault lasted, and once it was over."""

    fault: str
    seen: dict
    afterwards: list
    details: dict = field(default_factory=dict)

    def recovered(self):
        return bool(self.afterwards) and all(0 < answer.status < 400 for answer in self.afterwards)


def buyers(site):
    """(visitor, the seat that they want)."""
    return [(visitor, f"A{number + 1}") for number, visitor in enumerate(site.visitors[:BUYERS])]


def each(site, step, *args):
    """What `step(visitor, *args, seat)` gives, for all buyers at once."""
    return at_once(*[partial(step, visitor, *args, seat) for visitor, seat in buyers(site)])


def rush(site):
    """Nobody's fault: everybody at once."""
    showtime = site.showtimes[0]
    held, booked = each(site, Visitor.hold, showtime), each(site, Visitor.book, showtime)
    pairs = zip(site.visitors, booked, strict=False)
    paid = at_once(*[partial(visitor.post, answer.location, outcome="success") for visitor, answer in pairs])
    return Outcome(f"{BUYERS} visitors at once", {"hold": held, "book": booked, "pay": paid}, paid)


def row_locked(site):
    """One showtime's row is locked for 12 seconds, and 12 visitors press "book" there, again and again."""
    showtime, other = site.showtimes[1:3]
    stranger, spare = site.passer_by, site.visitors[-1]
    held = each(site, Visitor.hold, showtime)
    with site.locked(showtime, seconds=LOCKED_SECONDS) as free:
        meanwhile = partial(again_and_again, until=free.is_set)
        seat_map = partial(stranger.get, f"/showtimes/{other}/seats/")
        *pressed, healthz, home, seats, bought = at_once(
            *[partial(meanwhile, partial(v.book, showtime, seat), pause=2) for v, seat in buyers(site)],
            *[partial(meanwhile, look) for look in (stranger.healthz, stranger.home, seat_map)],
            partial(spare.buy, other, "B1"),
        )
    seen = {"hold, before": held, "book": sum(pressed, []), "/healthz": healthz, "/": home}
    seen |= {"another showtime": seats, "buying there": bought}
    return Outcome(f"row locked for {LOCKED_SECONDS} s", seen, each(site, _book_at_last, showtime))


def _book_at_last(visitor, showtime, seat):
    """The seat, or the one two rows behind it where the visitor is told that theirs is lost: a Redis too slow
    to give it back to them keeps it for as long as a payment may take.
    """
    answer = until_it_works(partial(visitor.book, showtime, seat))
    if answer.status == CONFLICT:
        other = seat.replace("A", "C")
        until_it_works(partial(visitor.hold, showtime, other))
        answer = until_it_works(partial(visitor.book, showtime, other))
    return answer


def connections_cut(site):
    """Every connection to PostgreSQL is cut again and again while 12 visitors buy."""
    showtime, done = site.showtimes[3], Event()

    def buy_all():
        try:
            return sum(each(site, Visitor.buy, showtime), [])
        finally:
            done.set()

    answers, _ = at_once(buy_all, partial(again_and_again, site.cut_connections, until=done.is_set))
    return Outcome("connections cut", {"buying": answers}, each(site, _go_on, showtime))


def _go_on(visitor, showtime, seat):
    """Buy, from wherever the fault has left the visitor."""
    answer = until_it_works(partial(visitor.get, f"/showtimes/{showtime}/book/"))
    if "/bookings/" not in answer.location:
        if answer.status != 200:  # nothing is held
            until_it_works(partial(visitor.hold, showtime, seat))
        answer = _book_at_last(visitor, showtime, seat)
    if answer.location.endswith("/pay/"):
        answer = until_it_works(partial(visitor.post, answer.location, outcome="success"))
    return until_it_works(partial(visitor.get, answer.location))


def postgres_stopped(site):
    visitor, stranger = site.visitors[0], site.passer_by
    site.postgres.stop()
    try:
        seen = {
            "a page": [stranger.home(), visitor.get("/theaters/")],
            "/healthz": [stranger.healthz()],
            "nothing there": [visitor.get(path) for path in ("/no/", "/static/no.css", "/media/no.png")],
            "wrong method": [visitor.get(f"/showtimes/{site.showtimes[0]}/hold/")],
            "no token": [stranger.ask("POST", "/accounts/login/")],
            "foreign host": [stranger.get("/", Host="other.example")],
            "missing slash": [stranger.get("/movies")],
        }
    finally:
        site.postgres.start()
    return Outcome("PostgreSQL stopped", seen, [until_it_works(stranger.home)])


def postgres_frozen(site):
    """It takes connections, and says nothing."""
    stranger, end = site.passer_by, time.monotonic() + FROZEN_SECONDS
    look = partial(again_and_again, stranger.home, until=lambda: time.monotonic() > end)
    with site.postgres.frozen():
        pages = sum(at_once(*[look] * 8), [])
    return Outcome(f"PostgreSQL frozen for {FROZEN_SECONDS} s", {"/": pages}, [until_it_works(stranger.home)])


def redis_stopped(site):
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
    home, killed = site.passer_by.home, site.web_processes()[0]
    os.kill(killed, signal.SIGKILL)
    answers = at_once(*[home] * 8)
    _wait_for(lambda: killed not in site.web_processes())
    return Outcome("web process killed", {"/": answers}, at_once(*[partial(until_it_works, home)] * 8))


def worker_killed(site):
    """SIGKILL between a mail and the note that it has gone out; PostgreSQL restarts under the next worker."""
    visitor = site.visitors[0]
    site.sql("DELETE FROM django_tasks_database_dbtaskresult")  # mails of the other storms
    bought = visitor.buy(site.showtimes[5], "A1")
    reference = bought[-1].location.strip("/").split("/")[-1]
    with site.worker() as first:
        _wait_for(lambda: site.mails_about(reference))
        first.kill()
    with site.worker():
        _wait_for(lambda: site.sql("SELECT 1 FROM moviebooking_workerbeat"))
        site.postgres.stop()
        time.sleep(2)
        site.postgres.start()
        _wait_for(lambda: not site.owes_mail_about(reference))
    details = {"mails": len(site.mails_about(reference)), "owed": site.owes_mail_about(reference)}
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
