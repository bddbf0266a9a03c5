"""Connect to Redis: a pool, short timeouts, and a circuit breaker for a server that doesn't respond.

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

SILENCE = timedelta(seconds=1)  # how long the breaker stays open after a timeout

_embedded = fakeredis.FakeServer()  # one per process, for all threads
_breaker = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=SILENCE.total_seconds())


def _guarded(call, *args, **kwargs):
    try:
        return _breaker.call(call, *args, **kwargs)
    except pybreaker.CircuitBreakerError as error:
        raise redis.ConnectionError("Redis did not answer a moment ago") from error


@cache
def _fail_fast(connection_class):
    """Return a subclass of the connection class that fails at once while the breaker is open.

    A response that times out and a refused connection open the breaker. A pooled connection that the server
    has closed does not: the retry replaces it.
    """

    class FailFastConnection(connection_class):
        def connect(self):
            return _guarded(super().connect)

        def read_response(self, *args, **kwargs):
            try:
                return super().read_response(*args, **kwargs)
            except redis.TimeoutError:
                _breaker.open()
                raise

    return FailFastConnection


class FailFastConnectionFactory(ConnectionFactory):
    """The connection factory of django-redis: retry a closed connection once, and a timeout never."""

    def get_connection_pool(self, params):
        pool = super().get_connection_pool(
            {**params, "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))}
        )
        pool.connection_class = _fail_fast(pool.connection_class)
        return pool


@cache
def client():
    """Return the Redis client of this process. Replies are decoded to text."""
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
    made.connection_class = _fail_fast(made.connection_class)
    return made
