"""Limit how many requests of one kind a visitor may make per minute, and other events in any period.

A moving window in Redis counts them: whoever stays within the limit in any sixty seconds is never refused. If
Redis is unavailable, nothing is counted and nobody is refused.
"""

import math
import time
from functools import cache, wraps

import redis
from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from . import redis_connection
from .http import wants_json


def throttle(kind, *, per_minute, reads=False):
    """Decorator: answer 429 beyond `per_minute` requests of a visitor. Views of one `kind` share a counter.

    GET requests don't count, because many visitors may share an address. With `reads` they do: use it for
    expensive pages of signed-in users.
    """
    limit = RateLimitItemPerMinute(per_minute)

    def decorate(view):
        @wraps(view)
        def throttled(request, *args, **kwargs):
            counts = reads or request.method not in ("GET", "HEAD", "OPTIONS")
            wait = seconds_to_wait(limit, kind, _visitor(request)) if counts else 0
            return _refuse(request, wait) if wait else view(request, *args, **kwargs)

        return throttled

    return decorate


def seconds_to_wait(limit, *who):
    """Count one event and return 0 if it is within the limit; else return the whole seconds until one is."""
    try:
        return 0 if not settings.THROTTLES or _limiter().hit(limit, *who) else _until_free(limit, who)
    except redis.RedisError:
        return 0


def seconds_until_free(limit, *who):
    """Return what `seconds_to_wait` would, without counting."""
    try:
        return 0 if not settings.THROTTLES or _limiter().test(limit, *who) else _until_free(limit, who)
    except redis.RedisError:
        return 0


@cache
def _limiter():
    return MovingWindowRateLimiter(
        RedisStorage(
            "redis://",  # only selects the kind of server: the pool is given
            connection_pool=redis_connection.client().connection_pool,
            key_prefix=f"{settings.REDIS_KEY_PREFIX}:throttle",
        )
    )


def _until_free(limit, who):
    return max(1, math.ceil(_limiter().get_window_stats(limit, *who).reset_time - time.time()))


def _visitor(request):
    """Return the counter's key for the signed-in user, else for the client's address."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{request.META['REMOTE_ADDR']}"


def _refuse(request, wait):
    if wants_json(request):
        response = JsonResponse({"error": "throttled"}, status=429)
    else:
        response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response
