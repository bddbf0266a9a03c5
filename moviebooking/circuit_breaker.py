"""A circuit breaker for a server that may fall silent, and may also just be slow for a moment."""

from threading import Lock
from time import monotonic


class CircuitBreaker:
    """Fail calls at once while the server is silent, for all threads of this process.

    A late reply alone opens nothing. The thread that waits for it asks the server again by `probe()`, which
    returns True if the server answers anything on a new connection. Only silence there opens the breaker.
    While it is open, one thread per interval probes and the others fail at once.
    """

    def __init__(self, interval):
        self._interval = interval.total_seconds()
        self._next_probe = None  # by the monotonic clock; None while the breaker is closed
        self._probing = Lock()

    @property
    def is_open(self):
        return self._next_probe is not None

    def open(self):
        self._next_probe = monotonic() + self._interval

    def close(self):
        self._next_probe = None

    def allows(self, probe):
        """Return True if a call may be made now."""
        if not self.is_open:
            return True
        if not self._is_due() or not self._probing.acquire(blocking=False):
            return False
        try:
            return self._judge(probe) if self._is_due() else not self.is_open
        finally:
            self._probing.release()

    def stays_closed(self, probe):
        """Return True if the server answers, although a reply is late. Threads probe one after the other."""
        with self._probing:
            return not self.is_open and self._judge(probe)

    def _is_due(self):
        """Return True if the breaker has been open for an interval."""
        due = self._next_probe
        return due is not None and monotonic() >= due

    def _judge(self, probe):
        answers = probe()
        if answers:
            self.close()
        else:
            self.open()
        return answers
