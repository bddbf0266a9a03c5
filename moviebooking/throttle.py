"""So many requests a minute of one kind, for each visitor.

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

from . import store
from .http import wants_json


def throttle(kind, *, per_minute):
    """Answer 429 beyond `per_minute` requests of a visitor; views of one `kind` are counted together."""
    limit = RateLimitItemPerMinute(per_minute)

    def decorate(view):
        @wraps(view)
        def throttled(request, *args, **kwargs):
            wait = _seconds_to_wait(limit, kind, _visitor(request)) if settings.THROTTLES else 0
            return _refuse(request, wait) if wait else view(request, *args, **kwargs)

        return throttled

    return decorate


@cache
def _limiter():
    return MovingWindowRateLimiter(
        RedisStorage(
            "redis://",  # only names the kind of server: the connections are the store's
            connection_pool=store.client().connection_pool,
            key_prefix=f"{settings.REDIS_KEY_PREFIX}:throttle",
        )
    )


def _seconds_to_wait(limit, *who):
    """0 when this request may pass, and then it is counted; else the whole seconds until one may."""
    try:
        if _limiter().hit(limit, *who):
            return 0
        passes_at = _limiter().get_window_stats(limit, *who).reset_time
    except redis.RedisError:
        return 0
    return max(1, math.ceil(passes_at - time.time()))


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
