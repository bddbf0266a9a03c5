"""How long the database may keep anybody waiting: a page for seconds, a command for longer."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """All in seconds; 0 is for ever."""

    lock: int  # waiting for a lock that somebody else has
    statement: int  # running one statement
    idle: int  # doing nothing inside a transaction, and so keeping others from its rows

    def as_sql(self):
        """What a transaction begins with."""
        return (
            f"SET LOCAL lock_timeout = '{self.lock}s'; "
            f"SET LOCAL statement_timeout = '{self.statement}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{self.idle}s'"
        )


PAGE = Limits(lock=2, statement=3, idle=3)
COMMAND = Limits(lock=20, statement=0, idle=300)
_limits = ContextVar("database_limits", default=COMMAND)


def limits():
    return _limits.get()


def in_request():
    """True inside a request, where others wait for the thread."""
    return _limits.get() is PAGE


@contextmanager
def request_limits():
    token = _limits.set(PAGE)
    try:
        yield
    finally:
        _limits.reset(token)


def limit_requests(get_response):
    """Middleware: the first of all, so that whatever asks the database asks as a page."""

    def middleware(request):
        with request_limits():
            return get_response(request)

    return middleware
