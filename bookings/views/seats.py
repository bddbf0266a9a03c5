"""The seat map and its live status; hold and release seats."""

import hashlib
import json
from functools import partial

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from moviebooking.currencies import price_unit
from moviebooking.http import login_required_or_401, personal, wants_json
from moviebooking.templatetags.formats import reader_tag
from moviebooking.throttle import throttle
from theaters.models import Showtime

from .. import checkout
from ..models import Booking
from ..refusals import BookingRefused, HoldsUnavailable
from ..seats import best_seats, chosen_seats, drawing, live_map
from .answers import http_status_of, iso, refuse_as_json, seat_map_url, with_retry_after
from .kept_seat_map import render_seat_map
from .seat_grid import seat_grid

MOST_TICKED, LONGEST_LABEL = 20, 8  # of the seats that a link may select


def _to_seat_map(request, pk):
    """Return the URL to come back to after a login: the seat map with the same seats selected."""
    seats = [seat for seat in request.POST.getlist("seats")[:MOST_TICKED] if len(seat) <= LONGEST_LABEL]
    return seat_map_url(pk, seats)


@personal
@require_safe
def seat_map(request, pk):
    """Show the seat map. `?best=2&class=P` selects the best two seats, `?seats=A1&seats=A2` these seats."""
    return seat_page(request, pk, ticked=request.GET.getlist("seats")[:MOST_TICKED], now=timezone.now())


def seat_page(request, pk, *, now, refusal=None, ticked=()):
    """Render the seat map for this visitor; after a refusal with its message and HTTP status."""
    try:
        status = live_map.seat_status(pk, user_id=request.user.pk, now=now)
    except Showtime.DoesNotExist as error:
        raise Http404 from error
    showtime = status.snapshot.showtime
    if showtime.is_closed(now):
        return render(request, "bookings/closed.html", {"showtime": showtime}, status=410)
    best = _best_seats(request, status)
    free = status.free.difference(refusal.in_the_way if refusal else ())
    selected = status.snapshot.in_order(free.intersection(best["seats"] or ticked)) or status.mine
    pending = _payable_booking(request.user, showtime, now) if status.may_have_booking else None
    locked = pending is not None
    own = {
        "fee_percent": settings.CONVENIENCE_FEE_PERCENT,
        "tax_percent": settings.TAX_PERCENT,
        "seat_grid": seat_grid(status, ticked=selected, locked=locked),
        "hold_expires_at": status.hold_expires_at if status.mine else None,
        "mine": status.mine,
        "ticked": selected,
        "unchanged": selected == status.mine and bool(selected),
        "quote": status.snapshot.quote(selected) if selected and not pending else None,
        "pending": pending,
        "refusal": None if _is_shown_by_map(refusal, status) else refusal,
        "come_back_to": seat_map_url(pk, ticked),
    }
    page = render_seat_map(request, status.snapshot, _shared(status, best, locked), own)
    page.status_code = http_status_of(refusal)
    return with_retry_after(page, refusal)


def _shared(status, best, locked):
    """Return the context for all visitors. What only the kept page prints is computed when it is made."""
    return {
        "showtime": status.snapshot.showtime,
        "legend": partial(drawing.legend, status.snapshot),
        "max_seats": settings.MAX_SEATS_PER_BOOKING,
        "hold_minutes": max(1, settings.SEAT_HOLD_SECONDS // 60),
        "best": best,
        "left": status.left,
        "locked": locked,
        "degraded": status.degraded,
        "live": partial(_script_data, status.snapshot),
    }


def _is_shown_by_map(refusal, status):
    """Return True if the map itself says that Redis is unavailable, in the same words."""
    return status.degraded and isinstance(refusal, HoldsUnavailable)


def _best_seats(request, status):
    """Return what `?best=2&class=P` asks for and the seats found, for the template."""
    asked, code = request.GET.get("best", ""), request.GET.get("class", "")
    layout = status.snapshot.layout
    count = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0
    known = 0 < count <= settings.MAX_SEATS_PER_BOOKING and code in {"", *layout.codes}
    seats = best_seats.find(layout, status.free, count, code=code or None) if known else []
    return {
        "asked": count if known else 0,
        "code": code,
        "seats": status.snapshot.in_order(seats),
        "counts": range(1, settings.MAX_SEATS_PER_BOOKING + 1),
    }


def _payable_booking(user, showtime, now):
    """Return the user's payable booking for the showtime, or None."""
    return Booking.objects.payable(now).of(user).filter(showtime=showtime).first()


def _script_data(snapshot):
    """Return the data for the page's script. The server computes prices again before it sells."""
    return {
        "status_url": reverse("bookings:seat_status", args=[snapshot.showtime_id]),
        "prices": {code: str(snapshot.prices[code]) for code in snapshot.layout.codes},
        "fee_percent": str(settings.CONVENIENCE_FEE_PERCENT),
        "tax_percent": str(settings.TAX_PERCENT),
        "decimals": max(0, -price_unit(settings.CURRENCY).as_tuple().exponent),
        "max_seats": settings.MAX_SEATS_PER_BOOKING,
        "currency": settings.CURRENCY,
        "locale": reader_tag(),
    }


@require_safe
def seat_status(request, pk):
    """Return the seats' status for this visitor as JSON. Cheap enough to be polled every few seconds."""
    try:
        picture = live_map.picture_of(pk, now=timezone.now())
    except Showtime.DoesNotExist as error:
        raise Http404 from error
    response = _not_modified(request, picture) or _status_as_json(request, picture)
    response["Cache-Control"] = "private, no-cache"
    return response


def _not_modified(request, picture):
    """Return 304 if the visitor has this very picture, else None."""
    etag = _etag(request, picture)
    response = get_conditional_response(request, etag=etag) if etag else None
    if response:
        response["ETag"] = etag
    return response


def _etag(request, picture):
    """Return the ETag of the picture as this visitor sees it; "" if only its content tells."""
    return f'"{picture.version}-{request.user.pk or 0}"' if picture.version else ""


def _status_as_json(request, picture):
    status = picture.status_for(request.user.pk)
    body = json.dumps(
        {
            "showtime": picture.snapshot.showtime_id,
            "available": status.available,
            "booked": status.booked,
            "held": status.held,
            "mine": status.snapshot.in_order([*status.mine, *status.pending]),
            "hold_expires_at": iso(status.hold_expires_at),
        }
    ).encode()
    etag = (
        _etag(request, picture)
        if picture.version
        else f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    )
    response = HttpResponse(body, content_type="application/json", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response)


@personal
@require_POST
@login_required_or_401(come_back_to=_to_seat_map)
@throttle("hold", per_minute=60)
def hold(request, pk):
    seats, now = request.POST.getlist("seats"), timezone.now()
    try:
        held = checkout.hold_seats(
            user=request.user, address=request.META["REMOTE_ADDR"], showtime_id=pk, seats=seats, now=now
        )
    except Showtime.DoesNotExist as error:
        raise Http404 from error
    except BookingRefused as refusal:
        return _refuse(request, pk, refusal, ticked=seats, now=now)
    chosen_seats.remember(request.session, pk, held.seats)
    if wants_json(request):
        answer = {
            "held": held.seats,
            "hold_expires_at": iso(held.expires_at),
            "total_amount": str(held.total),
        }
        return JsonResponse(answer)
    return redirect("bookings:create_booking", pk=pk)


@personal
@require_POST
@login_required_or_401(come_back_to=_to_seat_map)
@throttle("release", per_minute=60)
def release(request, pk):
    now = timezone.now()
    try:
        checkout.release_seats(user_id=request.user.pk, showtime_id=pk, now=now)
    except Showtime.DoesNotExist as error:
        raise Http404 from error
    except BookingRefused as refusal:
        return _refuse(request, pk, refusal, now=now)
    chosen_seats.forget(request.session, pk)
    if wants_json(request):
        return JsonResponse({"held": []})
    return redirect("bookings:seat_map", pk=pk)


def _refuse(request, pk, refusal, *, now, ticked=()):
    if wants_json(request):
        return refuse_as_json(refusal)
    return seat_page(request, pk, refusal=refusal, ticked=ticked, now=now)
