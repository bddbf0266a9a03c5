"""The seat map, its live status, and holding and releasing seats."""

import hashlib
import json

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
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
from .answers import http_status_of, iso, map_with, refuse_as_json, with_retry_after

MOST_TICKED, LONGEST_LABEL = 20, 8  # seats that a link may ask to have ticked


def _to_seat_map(request, pk):
    """Where a visitor comes back to after the login: the map, with what they had ticked."""
    seats = [seat for seat in request.POST.getlist("seats")[:MOST_TICKED] if len(seat) <= LONGEST_LABEL]
    return map_with(pk, seats)


@personal
@require_safe
def seat_map(request, pk):
    """The map; `?best=2&class=P` ticks the best seats together, `?seats=A1&seats=A2` those that are named."""
    return seat_page(request, pk, ticked=request.GET.getlist("seats")[:MOST_TICKED], now=timezone.now())


def seat_page(request, pk, *, now, refusal=None, ticked=()):
    """The map as this visitor sees it now; after a refusal with its sentence and its status."""
    showtime = get_object_or_404(Showtime.objects.for_seat_map(), pk=pk)
    if showtime.is_closed(now):
        return render(request, "bookings/closed.html", {"showtime": showtime}, status=410)
    status = live_map.seat_status(pk, user_id=request.user.pk, now=now)
    best = _best(request, status)
    free = status.free.difference(refusal.in_the_way if refusal else ())
    context = {
        "showtime": showtime,
        "hall": drawing.rows(status),
        "legend": drawing.legend(status.snapshot),
        "max_seats": settings.MAX_SEATS_PER_BOOKING,
        "hold_minutes": max(1, settings.SEAT_HOLD_SECONDS // 60),
        "hold_expires_at": status.hold_expires_at if status.mine else None,
        "mine": status.mine,
        "ticked": [label for label in best["seats"] or ticked if label in free] or status.mine,
        "pending": _waiting(request.user, showtime, now),
        "refusal": None if _told_by_the_map(refusal, status) else refusal,
        "best": best,
        "left": status.left,
        "degraded": status.degraded,
        "come_back_to": map_with(pk, ticked),
        "now": now,
        "live": _live(showtime, status),
    }
    page = render(request, "bookings/seat_map.html", context, status=http_status_of(refusal))
    return with_retry_after(page, refusal)


def _told_by_the_map(refusal, status):
    """Redis is away: the map says so itself, in the same words."""
    return status.degraded and isinstance(refusal, HoldsUnavailable)


def _best(request, status):
    """What `?best=2&class=P` asks for and the seats that are recommended; nothing asked, nothing found."""
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


def _waiting(user, showtime, now):
    """The visitor's PENDING booking for the showtime that can still be paid, or None."""
    return (
        Booking.objects.payable(now).of(user).filter(showtime=showtime).first()
        if user.is_authenticated
        else None
    )


def _live(showtime, status):
    """What the page's script works with; every price is asked of the server again before it is sold."""
    return {
        "showtime": showtime.pk,
        "status_url": reverse("bookings:seat_status", args=[showtime.pk]),
        "hold_url": reverse("bookings:hold", args=[showtime.pk]),
        "release_url": reverse("bookings:release", args=[showtime.pk]),
        "prices": {label: str(status.snapshot.price_of(label)) for label in status.snapshot.layout.seats},
        "fee_percent": str(settings.CONVENIENCE_FEE_PERCENT),
        "tax_percent": str(settings.TAX_PERCENT),
        "decimals": max(0, -price_unit(settings.CURRENCY).as_tuple().exponent),
        "max_seats": settings.MAX_SEATS_PER_BOOKING,
        "currency": settings.CURRENCY,
        "locale": reader_tag(),
        "expires_at": iso(status.hold_expires_at),
    }


@require_safe
def seat_status(request, pk):
    """What is taken now, for this visitor; cheap enough to be asked every few seconds."""
    try:
        status = live_map.seat_status(pk, user_id=request.user.pk, now=timezone.now())
    except Showtime.DoesNotExist as error:
        raise Http404 from error
    body = json.dumps(
        {
            "showtime": pk,
            "available": status.available,
            "booked": status.booked,
            "held": status.held,
            "mine": status.snapshot.in_order([*status.mine, *status.pending]),
            "hold_expires_at": iso(status.hold_expires_at),
        }
    ).encode()
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    fresh = HttpResponse(body, content_type="application/json", headers={"ETag": etag})
    response = get_conditional_response(request, etag=etag, response=fresh)
    response["Cache-Control"] = "private, no-cache"
    return response


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
    return JsonResponse({"held": []}) if wants_json(request) else redirect("bookings:seat_map", pk=pk)


def _refuse(request, pk, refusal, *, now, ticked=()):
    if wants_json(request):
        return refuse_as_json(refusal)
    return seat_page(request, pk, refusal=refusal, ticked=ticked, now=now)
