"""What the public pages show of the catalogue, remembered in the shared cache until somebody changes it.

Nothing of a visitor is kept here, and nothing that a sale changes. Whoever changes films, theaters or
showtimes calls `touch()`: signals do it for single rows, bulk changes do it themselves.
"""

from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

VERSION_KEY = "catalogue:version"
SECONDS = 60  # showtimes begin while nobody changes anything


def version():
    """A word that changes with the catalogue; None while the cache is away."""
    word = cache.get(VERSION_KEY)
    if word is None:
        cache.add(VERSION_KEY, uuid4().hex, timeout=None)
        word = cache.get(VERSION_KEY)
    return word


def touch():
    """Drop everything that is remembered, once the running transaction has committed."""
    transaction.on_commit(lambda: cache.set(VERSION_KEY, uuid4().hex, timeout=None))


def remembered(name, make, *, seconds=SECONDS):
    """What `make()` gave within the last `seconds` and since the last `touch()`; never None.

    Only a cache that all processes share is asked: one in this process's memory would not hear of a change
    made by a command. Inside a transaction nothing is remembered, because its rows may yet be rolled back.
    """
    if not settings.REDIS_URL or connection.in_atomic_block or (now := version()) is None:
        return make()
    key = f"catalogue:{now}:{name}"
    value = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, timeout=seconds)
    return value
