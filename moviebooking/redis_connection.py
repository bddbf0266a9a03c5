"""Connect to Redis: a pool, short timeouts, and a circuit breaker for a server that doesn't respond.

Without `REDIS_URL` the same commands and scripts run on fakeredis inside this process.
"""

from datetime import timedelta
from functools import cache, partial

import fakeredis
import redis
from django.conf import settings
from django_redis.pool import ConnectionFactory
from redis.backoff import NoBackoff
from redis.retry import Retry

from .circuit_breaker import CircuitBreaker

_embedded = fakeredis.FakeServer()  # one per process, for all threads
_breaker = CircuitBreaker(interval=timedelta(seconds=1))


@cache
def _fail_fast(connection_class):
    """Return a subclass of the connection class that fails at once while the breaker is open.

    A refused connection opens the breaker, and so does a late reply if a PING on a new connection is late as
    well. A pooled connection that the server has closed does not: the retry replaces it.
    """

    class FailFastConnection(connection_class):
        def __init__(self, **options):
            super().__init__(**options)
            self._probe = partial(_answers, connection_class, options)

        def connect(self):
            if not _breaker.allows(self._probe):
                raise redis.ConnectionError("Redis did not answer a moment ago")
            if self.is_connected:
                return
            try:
                super().connect()
            except redis.TimeoutError:
                _breaker.stays_closed(self._probe)
                raise
            except redis.ConnectionError:
                _breaker.open()
                raise

        def read_response(self, *args, **kwargs):
            """Read the reply. If it is late but the server answers others, wait once more as long."""
            if not self.can_read(settings.REDIS_TIMEOUT_SECONDS) and not _breaker.stays_closed(self._probe):
                self.disconnect()
                raise redis.TimeoutError("Redis does not answer")
            return super().read_response(*args, **kwargs)

    return FailFastConnection


def _answers(connection_class, options):
    """Return True if the server answers a PING on a new connection in time."""
    connection = connection_class(**{**options, "retry": Retry(NoBackoff(), 0)})
    try:
        connection.connect()
        connection.send_command("PING")
        connection.read_response()
    except redis.RedisError:
        return False
    finally:
        connection.disconnect()
    return True


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
