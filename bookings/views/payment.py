"""Paying a PENDING booking."""

from django.conf import settings
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from moviebooking.http import login_required_or_401, wants_json
from moviebooking.throttle import throttle

from .. import settlement
from ..emails import quote_of
from ..models import Booking
from ..payments import PaymentError
from ..refusals import BookingRefused, TooLate
from .answers import refund_terms, refuse_as_json
from .booking import booking_page

OUTCOMES = {"success": True, "failure": False}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_or_401
@throttle("pay", per_minute=60)
def pay(request, reference):
    """GET is the payment form; POST pays with the demo provider, or begins a payment by card."""
    booking = get_object_or_404(Booking.objects.for_pages().of(request.user), reference=reference)
    now = timezone.now()
    if booking.status == Booking.Status.CONFIRMED:
        return redirect(booking)
    if not booking.is_live(now):
        return _refuse(request, booking, TooLate(), now)
    if request.method != "POST":
        return _form(request, booking, now)
    try:
        return _demo(request, booking, now)
    except BookingRefused as refusal:
        booking.refresh_from_db()
        if booking.status == Booking.Status.CONFIRMED:  # the same form, sent twice
            return redirect(booking)
        return _refuse(request, booking, refusal, now)
    except PaymentError as error:
        return _form(request, booking, now, refusal=error, status=503)


def _demo(request, booking, now):
    outcome = request.POST.get("outcome")
    if outcome not in OUTCOMES:
        return HttpResponseBadRequest()
    booking = settlement.pay_demo(booking=booking, succeeds=OUTCOMES[outcome], now=now)
    return redirect(booking)


def _form(request, booking, now, *, refusal=None, status=200):
    context = {
        "booking": booking,
        "showtime": booking.showtime,
        "quote": quote_of(booking),
        "expires_at": booking.expires_at,
        "refund_terms": refund_terms(booking.refund_tiers, booking.showtime.start_time),
        "provider": settings.PAYMENT_PROVIDER,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "bookings/pay.html", context, status=status)


def _refuse(request, booking, refusal, now):
    if wants_json(request):
        return refuse_as_json(refusal)
    return booking_page(request, booking, refusal=refusal, now=now)
