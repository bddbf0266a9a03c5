"""The seat map's page: rendered once for all visitors, with gaps for what is each one's own."""

from threading import Lock

from cachetools import TTLCache
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from moviebooking.visitor_parts import Gaps, fill
from movies.public_pages import RequestForAll
from theaters.context_processors import city_of

TEMPLATE = "bookings/seat_map.html"

_cache: TTLCache = TTLCache(maxsize=500, ttl=settings.LIVE_MAP_SECONDS)  # of some 20 kB each
_cache_lock = Lock()


def render_seat_map(request, snapshot, shared, own):
    """Return the page. `shared` is the context for all visitors, `own` what the visitor parts need besides.

    Only the plain page is kept: not the answer to a form, nor one with a query, nor one without live map.
    """
    if request.method != "GET" or request.GET or not snapshot.stamp:
        return render(request, TEMPLATE, shared | own)
    return HttpResponse(fill(_pieces(request, snapshot, shared), request, shared | own))


def _pieces(request, snapshot, shared):
    city = city_of(request)
    key = (
        settings.REDIS_KEY_PREFIX,
        snapshot.showtime_id,
        snapshot.stamp,
        get_language(),
        city and (city.slug, city.name),
        shared["left"],
        shared["locked"],
    )
    with _cache_lock:
        pieces = _cache.get(key)
    if pieces is None:
        pieces = _render_with_gaps(request, city.slug if city else "", shared)
        with _cache_lock:
            _cache[key] = pieces
    return pieces


def _render_with_gaps(request, city, shared):
    gaps, page = Gaps(), RequestForAll(request, names=(), city=city)
    page.gap_for = gaps.leave
    return gaps.split(render(page, TEMPLATE, shared).text)
