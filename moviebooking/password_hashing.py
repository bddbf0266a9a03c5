"""A process hashes one password at a time, and few requests wait for their turn (docs/decisions/0106).

A hash keeps a core busy for a third of a second on purpose, and whoever waits for one keeps a thread of the
server. So only some of the threads may wait; one request more is told at once to come back.
"""

from contextlib import contextmanager
from threading import Lock

from django.contrib.auth.hashers import PBKDF2PasswordHasher

LONGEST_WAIT_SECONDS = 8


class HashingQueueFull(Exception):
    """More requests want a password hashed than may wait for it."""


class HashingQueue:
    """A turn for one at a time, and room for `most` in all: whose turn it is, and who waits."""

    def __init__(self, most):
        self.most = most
        self._inside = 0
        self._counting, self._turn = Lock(), Lock()

    @contextmanager
    def take(self):
        with self._counting:
            if self._inside >= self.most:
                raise HashingQueueFull
            self._inside += 1
        try:
            if not self._turn.acquire(timeout=LONGEST_WAIT_SECONDS):
                raise HashingQueueFull
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._counting:
                self._inside -= 1


hashing_queue = HashingQueue(most=20)  # gunicorn's worker has fewer threads, and says how many may wait


class PasswordHasher(PBKDF2PasswordHasher):
    """Django's own, in turn. It checks the passwords that were hashed before, too."""

    def encode(self, password, salt, iterations=None):
        with hashing_queue.take():
            return super().encode(password, salt, iterations)
