from threading import Lock
from time import monotonic

import psycopg

LASTS_SECONDS = 2
ASKING_SECONDS = 3  # as long as a connection may take (settings)
SHORT_SECONDS = 0.25


class Silence:
    """What this process knows of a server that takes requests and answers none: its other threads need not
    find that out again, each for seconds. From time to time one of them asks, for all.
    """

    def __init__(self):
        self._until = 0.0
        self._lock = Lock()

    def begins(self):
        self._until = monotonic() + LASTS_SECONDS

    def ends(self):
        self._until = 0.0

    def patience(self, seconds):
        """How long to wait for a connection that stands already."""
        return SHORT_SECONDS if monotonic() < self._until else seconds

    def refuse(self):
        """Raise OperationalError while nobody needs to ask for a new connection."""
        with self._lock:
            now = monotonic()
            if now < self._until:
                raise psycopg.OperationalError("PostgreSQL did not answer a moment ago")
            if self._until:
                self._until = now + ASKING_SECONDS
