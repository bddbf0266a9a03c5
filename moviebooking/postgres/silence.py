from threading import Lock
from time import monotonic

import psycopg

LASTS_SECONDS = 2
CONNECT_SECONDS = 3  # how long connecting may take (settings)
SHORT_SECONDS = 0.25


class Silence:
    """Remember that the server accepts requests without responding, so that not every thread waits for it.

    From time to time one thread tries again, for all of them.
    """

    def __init__(self):
        self._until = 0.0
        self._lock = Lock()

    def begins(self):
        self._until = monotonic() + LASTS_SECONDS

    def ends(self):
        self._until = 0.0

    def patience(self, seconds):
        """Return the timeout for an existing connection: `seconds`, or less if the server is silent."""
        return SHORT_SECONDS if monotonic() < self._until else seconds

    def refuse(self):
        """Raise OperationalError while no new connection should be tried."""
        with self._lock:
            now = monotonic()
            if now < self._until:
                raise psycopg.OperationalError("PostgreSQL did not answer a moment ago")
            if self._until:
                self._until = now + CONNECT_SECONDS
