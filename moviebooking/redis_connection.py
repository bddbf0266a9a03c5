"""The way to Redis: a pool of connections, short timeouts, and a breaker that remembers a silent server.

Without `REDIS_URL` the same commands and scripts run on fakeredis inside this process.
"""

from datetime import timedelta
from functools import cache

import fakeredis
import pybreaker
import redis
from django.conf import settings
from django_redis.pool import ConnectionFactory
from redis.backoff import NoBackoff
from redis.retry import Retry

SILENCE = timedelta(seconds=1)  # how long nobody asks again once the server did not answer

_embedded = fakeredis.FakeServer()  # one a process, whichever thread asks first
_breaker = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=SILENCE.total_seconds())


def _guarded(call, *args, **kwargs):
    try:
        return _breaker.call(call, *args, **kwargs)
    except pybreaker.CircuitBreakerError as error:
        raise redis.ConnectionError("Redis did not answer a moment ago") from error


@cache
def _steady(connection_class):
    """The connection class, failing at once while the breaker is open.

    A reply that does not come and a connection that is refused open it; a kept connection that the server
    has closed does not: the retry makes a new one.
    """

    class SteadyConnection(connection_class):
        def connect(self):
            return _guarded(super().connect)

        def read_response(self, *args, **kwargs):
            try:
                return super().read_response(*args, **kwargs)
            except redis.TimeoutError:
                _trip()
                raise

    return SteadyConnection


def _trip():
    _breaker.open()


class SteadyConnectionFactory(ConnectionFactory):
    """django-redis makes its connections by this: one attempt more for a closed one, none for silence."""

    def get_connection_pool(self, params):
        pool = super().get_connection_pool(
            {**params, "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))}
        )
        pool.connection_class = _steady(pool.connection_class)
        return pool


@cache
def client():
    """The process's Redis client (texts in, texts out)."""
    if not settings.REDIS_URL:
        return fakeredis.FakeRedis(server=_embedded, decode_responses=True)
    return redis.Redis(connection_pool=pool(decode_responses=True))


@cache
def pool(*, decode_responses):
    made = redis.ConnectionPool.from_url(
        settings.REDIS_URL,
        decode_responses=decode_responses,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )
    made.connection_class = _steady(made.connection_class)
    return made
