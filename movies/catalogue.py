"""A cache of what public pages show of the catalogue, until the catalogue changes.

It contains nothing about visitors and nothing that a sale changes. Code that changes movies, theaters or
showtimes calls `touch()`: signals do so for single rows, bulk changes have to do so themselves.
"""

from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

VERSION_KEY = "catalogue:version"
SECONDS = 60  # showtimes begin while nobody changes anything


def version():
    """Return a random string that changes with the catalogue; None while the cache is unavailable."""
    value = cache.get(VERSION_KEY)
    if value is None:
        cache.add(VERSION_KEY, uuid4().hex, timeout=None)
        value = cache.get(VERSION_KEY)
    return value


def touch():
    """Drop everything cached here once the current transaction has committed."""
    transaction.on_commit(lambda: cache.set(VERSION_KEY, uuid4().hex, timeout=None))


def remembered(name, make):
    """Return `make()`, which is never None, cached for a minute and until the next `touch()`.

    Only a cache shared by all processes is used: one in this process's memory would miss changes made by a
    command. Inside a transaction nothing is cached, because its rows may still be rolled back.
    """
    if not settings.REDIS_URL or connection.in_atomic_block or (current := version()) is None:
        return make()
    key = f"catalogue:{current}:{name}"
    value = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, timeout=SECONDS)
    return value
