"""So many requests a minute of one kind, for each visitor; so many of anything in any stretch of time.

Counted on the same Redis as the holds, by a moving window: whoever asks no more than the limit in any sixty
seconds is never refused. A Redis that is away counts nothing, so it refuses nobody.
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
    """Answer 429 beyond `per_minute` requests of a visitor; views of one `kind` are counted together.

    Looking at a form is free, however many visitors share an address. `reads` counts that, too: for pages of
    signed-in visitors that are expensive to make.
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
    """Return 0 when this one may pass, and count it; else the whole seconds until one may."""
    try:
        return 0 if not settings.THROTTLES or _limiter().hit(limit, *who) else _until_free(limit, who)
    except redis.RedisError:
        return 0


def seconds_until_free(limit, *who):
    """Return what `seconds_to_wait` would, and count nothing."""
    try:
        return 0 if not settings.THROTTLES or _limiter().test(limit, *who) else _until_free(limit, who)
    except redis.RedisError:
        return 0


@cache
def _limiter():
    return MovingWindowRateLimiter(
        RedisStorage(
            "redis://",  # only names the kind of server: the connections are the store's
            connection_pool=redis_connection.client().connection_pool,
            key_prefix=f"{settings.REDIS_KEY_PREFIX}:throttle",
        )
    )


def _until_free(limit, who):
    return max(1, math.ceil(_limiter().get_window_stats(limit, *who).reset_time - time.time()))


def _visitor(request):
    """The account of whoever is logged in, else the client's address."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{request.META['REMOTE_ADDR']}"


def _refuse(request, wait):
    if wants_json(request):
        answer = JsonResponse({"error": "throttled"}, status=429)
    else:
        answer = render(request, "429.html", {"wait": wait}, status=429)
    answer["Retry-After"] = str(wait)
    return answer
