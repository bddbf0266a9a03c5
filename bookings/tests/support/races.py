"""Race conditions: threads that start together, each with its own database connection."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError
from unittest import mock, skipUnless

from django.conf import settings
from django.db import connection, connections
from django.test import tag

from bookings import lifecycle
from bookings.models import Booking
from moviebooking.testing import make_user
from theaters.models import Showtime

RIVALS = 12
ROUNDS = 30  # enough rounds for a race to show

needs_real_servers = skipUnless(
    connection.vendor == "postgresql" and settings.REDIS_URL,
    "a race proves something on PostgreSQL and Redis alone: set DATABASE_URL and REDIS_URL",
)


def on_real_servers(tests):
    """Decorate tests that need PostgreSQL and Redis, and the processor for themselves."""
    return tag("serial")(needs_real_servers(tests))


def make_rivals(count=RIVALS):
    """Return visitors without an email address: no race is about emails."""
    return [make_user(email="") for _ in range(count)]


def race(*calls):
    """Run the calls at once. Return, in their order, what each returned or the exception it raised."""
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


def instances_of(kind, outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


def rendezvous(parties):
    """Return a function that blocks until that many threads have called it.

    It stands for a slow network between reading and writing.
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
    """Let lifecycle read rows without locking them, so that no transaction waits for another."""
    with (
        mock.patch.object(lifecycle, "_lock_showtime", lambda pk: Showtime.objects.get(pk=pk)),
        mock.patch.object(lifecycle, "_lock_booking", lambda pk: Booking.objects.get(pk=pk)),
    ):
        yield
