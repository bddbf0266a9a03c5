"""Timeouts of database statements and locks: seconds in a request, longer in a command."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Timeouts in seconds; 0 is no timeout."""

    lock: float  # waiting for a lock that another transaction holds
    queued_lock: float  # the same, for the first thread of a row's queue (moviebooking/row_locks.py)
    statement: int  # running one statement
    idle: int  # being idle inside a transaction, which may hold locks

    def as_sql(self):
        """Return the SQL that sets these limits for the current transaction."""
        return (
            f"SET LOCAL lock_timeout = '{self.lock * 1000:.0f}ms'; "
            f"SET LOCAL statement_timeout = '{self.statement}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{self.idle}s'"
        )


# A write that doesn't queue may have company on every thread, so it waits only briefly.
REQUEST = Limits(lock=0.4, queued_lock=2, statement=3, idle=3)
COMMAND = Limits(lock=20, queued_lock=20, statement=0, idle=300)
_limits = ContextVar("database_limits", default=COMMAND)


def limits():
    """Return the Limits of the current thread."""
    return _limits.get()


def in_request():
    """Return True inside a request, whose thread other requests are waiting for."""
    return _limits.get() is REQUEST


@contextmanager
def request_limits():
    """Apply the limits of requests inside the `with` block."""
    token = _limits.set(REQUEST)
    try:
        yield
    finally:
        _limits.reset(token)


def limit_requests(get_response):
    """Middleware: apply the limits of requests. It comes first, so that they cover all the others."""

    def middleware(request):
        with request_limits():
            return get_response(request)

    return middleware
