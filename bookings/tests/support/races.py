"""Rivals at the same moment: threads that start together, each with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError
from unittest import mock, skipUnless

from django.conf import settings
from django.db import connection, connections

from bookings import lifecycle
from bookings.models import Booking
from moviebooking.testing import make_user
from theaters.models import Showtime

RIVALS = 12
ROUNDS = 30  # a race that is not shown in so many rounds is not there

on_real_servers = skipUnless(
    connection.vendor == "postgresql" and settings.REDIS_URL,
    "a race proves something on PostgreSQL and Redis alone: set DATABASE_URL and REDIS_URL",
)


def make_rivals(count=RIVALS):
    """Visitors without an address: no race is about the mail."""
    return [make_user(email="") for _ in range(count)]


def race(*calls):
    """Run the calls at once. Gives, in their order, what each returned or the exception it raised."""
    start = Barrier(len(calls))

    def run(call):
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def of_kind(kind, outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


def meeting(parties):
    """A place where the rivals wait for one another: the pause between reading and writing, as long as a
    network may make it.
    """
    barrier = Barrier(parties)

    def wait():
        try:
            barrier.wait(timeout=10)
        except BrokenBarrierError as error:
            raise AssertionError("the rivals did not meet") from error

    return wait


@contextmanager
def without_row_locks():
    """The guard off: rows are read as ever, but nobody waits for anybody."""
    with (
        mock.patch.object(lifecycle, "_lock_showtime", lambda pk: Showtime.objects.get(pk=pk)),
        mock.patch.object(lifecycle, "_lock", lambda pk: Booking.objects.get(pk=pk)),
    ):
        yield
