from threading import Lock, get_ident
from time import monotonic

import psycopg

LASTS_SECONDS = 2
CONNECT_SECONDS = 3  # how long connecting may take (settings)
SHORT_SECONDS = 0.25


class Silence:
    """Remember that the server accepts requests without responding, so that not every thread waits for it.

    From time to time one thread tries again, for all of them. Only the response to a statement ends the
    silence, since PgBouncer accepts connections although the server behind it is silent.
    """

    def __init__(self):
        self._until = 0.0
        self._trying = None  # the thread that tries again
        self._lock = Lock()

    def begins(self):
        with self._lock:
            self._until, self._trying = monotonic() + LASTS_SECONDS, None

    def ends(self):
        self._until = 0.0

    def patience(self, seconds):
        """Return the timeout for an existing connection: `seconds`, or less if the server is silent."""
        return seconds if self._may_try(seconds) else SHORT_SECONDS

    def refuse(self):
        """Raise OperationalError while this thread should not try a new connection."""
        if not self._may_try(CONNECT_SECONDS):
            raise psycopg.OperationalError("PostgreSQL did not answer a moment ago")

    def _may_try(self, seconds):
        if not self._until:
            return True
        with self._lock:
            now = monotonic()
            if now >= self._until:
                self._until, self._trying = now + seconds, get_ident()
            return self._trying == get_ident()
