"""Keep what is expensive to make for a few seconds, and make it once for all who ask at the same time."""

from datetime import timedelta
from threading import Lock
from weakref import WeakValueDictionary

from django.core.cache import cache
from django.db import connection

from . import catalogue

FRESH = timedelta(seconds=3)  # how long the number of available seats may be out of date
STALE = timedelta(seconds=5)  # how much longer the old one serves while a new one is made
PATIENCE = 0.5  # seconds to wait for what another thread is making

_locks = WeakValueDictionary()  # key → lock, while somebody uses it
_locks_lock = Lock()


def kept(key, make, *, now):
    """Return the first item of `make()`, kept until it is FRESH no more or the catalogue changes.

    It is kept only if the second item is true. While one thread of this process makes it, the others get the
    old one; if there is none, they wait for it. The memory of this process alone will do, because it is kept
    so shortly. Inside a transaction nothing is kept, because its rows may still be rolled back.
    """
    if connection.in_atomic_block:
        return make()[0]
    version, found = _read(key)
    if version is None:  # the cache is unavailable
        return make()[0]
    if _is_fresh(found, version, now):
        return found["value"]
    lock = _lock(key)
    if not lock.acquire(timeout=0 if found else PATIENCE):
        return found["value"] if found else make()[0]
    try:
        return _renewed(key, make, now)
    finally:
        lock.release()


def _renewed(key, make, now):
    version, found = _read(key)  # before `make` reads any row; another thread may have made it meanwhile
    if _is_fresh(found, version, now):
        return found["value"]
    value, keep = make()
    if keep:
        entry = {"version": version, "made_at": now, "value": value}
        cache.set(key, entry, timeout=(FRESH + STALE).total_seconds())
    return value


def _read(key):
    """Return (version of the catalogue, entry or None) in one round trip."""
    found = cache.get_many([catalogue.VERSION_KEY, key])
    return found.get(catalogue.VERSION_KEY) or catalogue.version(), found.get(key)


def _is_fresh(entry, version, now):
    return bool(entry) and entry["version"] == version and now - entry["made_at"] < FRESH


def _lock(key):
    with _locks_lock:
        return _locks.setdefault(key, Lock())
