"""Redis as it fails: gone, silent, or back with nothing in it. The site talks to it as ever."""

import socket
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings

from bookings.seats import chosen_seats
from moviebooking import redis_connection

NOBODY = "redis://127.0.0.1:1/0"  # a port that nobody listens on


def lose_keys():
    """Every lock and every map is gone; the visitors' selections, in the cache, are still there."""
    client = redis_connection.client()
    for key in client.scan_iter(f"{settings.REDIS_KEY_PREFIX}:{{*"):
        client.delete(key)


def lose_everything(client, *showtimes):
    """What a FLUSHALL or a restart leaves: nothing. What this visitor's session selected is gone, too."""
    lose_keys()
    for showtime in showtimes:
        chosen_seats.forget(client.session, showtime.pk)


def lose_map(showtime):
    """What LIVE_MAP_SECONDS do: the map of what SQL says has run out, the locks are as they were."""
    redis_connection.client().delete(f"{settings.REDIS_KEY_PREFIX}:{{showtime:{showtime.pk}}}:sold")


@contextmanager
def redis_at(url):
    """Holds, cache and sessions' cache all on that server, as REDIS_URL sets them."""
    options = {"IGNORE_EXCEPTIONS": True, "SOCKET_TIMEOUT": 0.4, "SOCKET_CONNECT_TIMEOUT": 0.4}
    cache = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}
    _forget_connections()
    try:
        with override_settings(REDIS_URL=url, CACHES={"default": cache}):
            yield
    finally:
        _forget_connections()


def redis_away():
    return redis_at(NOBODY)


@contextmanager
def redis_silent():
    """A server that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener, redis_at(_url_of(listener)):
        yield


def _url_of(listener):
    return f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def _forget_connections():
    redis_connection._breaker.close()
    redis_connection.client.cache_clear()
    redis_connection.pool.cache_clear()
