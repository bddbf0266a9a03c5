"""Stripe's idempotency keys: the first answer under a key is repeated for every later request under it."""

import copy
from dataclasses import dataclass
from threading import Lock


@dataclass
class Response:
    status: int
    body: object
    replayed: bool = False


class Memory:
    def __init__(self):
        self._kept, self._under_way, self._lock = {}, set(), Lock()

    def once(self, key, request, do):
        """Return `do()`, or what it returned when the key was new."""
        with self._lock:
            if key in self._under_way:
                return _error(
                    409, "idempotency_error", "Another request uses this key.", "idempotency_key_in_use"
                )
            kept_request, kept = self._kept.get(key, (request, None))
            if kept_request != request:
                return _error(400, "idempotency_error", "Keys can only be used with the same parameters.")
            if kept:
                return Response(kept.status, copy.deepcopy(kept.body), replayed=True)
            self._under_way.add(key)
        try:
            response = do()
            if response.status in (200, 402) or response.status >= 500:
                self._kept[key] = (request, response)
            return response
        finally:
            self._under_way.discard(key)

    def forget(self):
        """Forget all keys, as Stripe does after a day."""
        self._kept.clear()


def _error(status, type, message, code=None):
    return Response(status, {"error": {"type": type, "message": message, "code": code}})
