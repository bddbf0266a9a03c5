"""Timeouts of database statements and locks: seconds in a request, longer in a command."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Limits:
    """Timeouts in seconds; 0 is no timeout."""

    lock: float  # waiting for a lock that another transaction holds
    queued_lock: float  # the same, for the first thread of a row's queue (moviebooking/row_locks.py)
    statement: int  # running one statement
    idle: int  # being idle inside a transaction, which may hold locks
    total: float = 0  # all statements of one request together

    def as_sql(self):
        """Return the SQL that sets these limits for the current transaction."""
        return (
            f"SET LOCAL lock_timeout = '{self.lock * 1000:.0f}ms'; "
            f"SET LOCAL statement_timeout = '{self.statement}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{self.idle}s'"
        )


# A write that doesn't queue may have company on every thread, so it waits only briefly.
REQUEST = Limits(lock=0.4, queued_lock=2, statement=3, idle=3, total=2.5)
COMMAND = Limits(lock=20, queued_lock=20, statement=0, idle=300)
_limits = ContextVar("database_limits", default=COMMAND)
_waited = ContextVar("database_waited", default=0.0)  # seconds that the request has waited so far


def limits():
    """Return the Limits of the current thread."""
    return _limits.get()


def in_request():
    """Return True inside a request, whose thread other requests are waiting for."""
    return _limits.get() is not COMMAND


def longest_wait():
    """Return how many seconds the database may keep the current thread waiting now, or None for no limit."""
    now = limits()
    if not now.statement:
        return None
    return max(0.0, min(now.statement, now.total - _waited.get())) if now.total else now.statement


def record_wait(seconds):
    """Count a wait for the database towards the request's total."""
    if limits().total:
        _waited.set(_waited.get() + seconds)


@contextmanager
def request_limits():
    """Apply the limits of requests inside the `with` block, and count its waits from zero."""
    none_yet = _waited.set(0.0)
    try:
        with _applied(REQUEST):
            yield
    finally:
        _waited.reset(none_yet)


def uncounted_waits():
    """Return a context manager, inside a request, in which waits don't count towards the request's total.

    It is for staff pages, where deleting or cancelling much takes many statements, and for queued row locks,
    which have a limit of their own.
    """
    return _applied(replace(limits(), total=0))


@contextmanager
def _applied(which):
    token = _limits.set(which)
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
