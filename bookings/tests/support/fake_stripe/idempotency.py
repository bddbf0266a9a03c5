"""Stripe's idempotency keys: the first response under a key is repeated for each later request under it."""

import copy
from dataclasses import dataclass
from threading import Lock


@dataclass
class Response:
    status: int
    body: object
    replayed: bool = False


class IdempotencyKeys:
    """The requests and responses so far, by idempotency key."""

    def __init__(self):
        self._remembered, self._in_progress, self._lock = {}, set(), Lock()

    def once(self, key, request, handle):
        """Return the response of `handle()`, or a copy of the first one if the key is known.

        Respond 409 while another request uses the key, and 400 if the key was used for another request.
        """
        with self._lock:
            if key in self._in_progress:
                return _error(
                    409, "idempotency_error", "Another request uses this key.", "idempotency_key_in_use"
                )
            known_request, known = self._remembered.get(key, (request, None))
            if known_request != request:
                return _error(400, "idempotency_error", "Keys can only be used with the same parameters.")
            if known:
                return Response(known.status, copy.deepcopy(known.body), replayed=True)
            self._in_progress.add(key)
        try:
            response = handle()
            if response.status in (200, 402) or response.status >= 500:
                self._remembered[key] = (request, response)
            return response
        finally:
            self._in_progress.discard(key)

    def forget(self):
        """Forget all keys, as Stripe does after a day."""
        self._remembered.clear()


def _error(status, type, message, code=None):
    return Response(status, {"error": {"type": type, "message": message, "code": code}})
