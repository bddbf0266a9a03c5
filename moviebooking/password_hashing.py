"""Hash one password at a time per process, and limit how many requests may wait (docs/decisions/0106).

A hash takes a core a third of a second on purpose, and every request that waits for one occupies a thread. So
only some of the threads may wait; any further request is refused at once.
"""

from contextlib import contextmanager
from threading import Lock

from django.contrib.auth.hashers import PBKDF2PasswordHasher

LONGEST_WAIT_SECONDS = 8


class HashingQueueFull(Exception):
    """As many requests as allowed are hashing a password or waiting to do so."""


class HashingQueue:
    """A lock for which a limited number of threads may wait: `most` in all, with the one that holds it."""

    def __init__(self, most):
        self.most = most
        self._entered = 0
        self._counter_lock = Lock()
        self._turn = Lock()

    @contextmanager
    def take(self):
        """Hold the lock inside the `with` block. Raise HashingQueueFull if too many wait, or for too long."""
        with self._counter_lock:
            if self._entered >= self.most:
                raise HashingQueueFull
            self._entered += 1
        try:
            if not self._turn.acquire(timeout=LONGEST_WAIT_SECONDS):
                raise HashingQueueFull
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._counter_lock:
                self._entered -= 1


hashing_queue = HashingQueue(
    most=20
)  # gunicorn's worker has fewer threads and lowers this (gunicorn_worker.py)


class PasswordHasher(PBKDF2PasswordHasher):
    """Django's default hasher behind the queue. The hashes are the same."""

    def encode(self, password, salt, iterations=None):
        with hashing_queue.take():
            return super().encode(password, salt, iterations)
