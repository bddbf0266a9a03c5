"""Redis failures: down, silent, or back without its keys."""

import signal
import socket
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings

from bookings.seats import chosen_seats
from moviebooking import redis_connection
from moviebooking.tests.support.servers import own_redis

UNUSED_PORT = "redis://127.0.0.1:1/0"  # nothing listens there


def lose_keys():
    """Delete all locks and maps. The visitors' selections stay in the cache."""
    client = redis_connection.client()
    for key in client.scan_iter(f"{settings.REDIS_KEY_PREFIX}:{{*"):
        client.delete(key)


def lose_everything(client, *showtimes):
    """Delete all that a FLUSHALL would, including what this visitor's session selected."""
    lose_keys()
    for showtime in showtimes:
        chosen_seats.forget(client.session, showtime.pk)


def lose_map(showtime):
    """Delete the map of what SQL says, as LIVE_MAP_SECONDS would. The locks stay."""
    redis_connection.client().delete(map_key(showtime))


def map_key(showtime):
    """Return the key of the map of what SQL says, a hash."""
    return f"{settings.REDIS_KEY_PREFIX}:{{showtime:{showtime.pk}}}:map"


@contextmanager
def redis_at(url):
    """Use that server for holds, cache and sessions, as REDIS_URL would."""
    options = {"IGNORE_EXCEPTIONS": True, "SOCKET_TIMEOUT": 0.4, "SOCKET_CONNECT_TIMEOUT": 0.4}
    cache = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}
    _forget_connections()
    try:
        with override_settings(REDIS_URL=url, CACHES={**settings.CACHES, "default": cache}):
            yield
    finally:
        _forget_connections()


def redis_down():
    """Use a Redis that refuses connections."""
    return redis_at(UNUSED_PORT)


@contextmanager
def redis_silent():
    """Use a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener, redis_at(_url_of(listener)):
        yield


@contextmanager
def redis_frozen(*, while_up):
    """Call `while_up()` on a Redis server of our own, which is frozen from then on."""
    with own_redis() as server, redis_at(server.url):
        while_up()
        server.send(signal.SIGSTOP)
        yield server


def _url_of(listener):
    return f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def _forget_connections():
    redis_connection._breaker.close()
    redis_connection.client.cache_clear()
    redis_connection.pool.cache_clear()
