"""Pay a PENDING booking, and receive Stripe's webhooks."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from moviebooking.http import login_required_or_401, wants_json
from moviebooking.throttle import throttle

from .. import pricing
from ..models import Booking
from ..money import provider_events, settlement
from ..payments import PaymentError, PaymentUnavailable, read_event
from ..payments.csp import with_payment_csp
from ..payments.events import BadSignature, NotAnEvent
from ..payments.time_limit import PAGE_SECONDS, time_limit
from ..refusals import BookingRefused, Busy, HoldsUnavailable, ShowtimeCancelled, TooLate
from .answers import refuse_as_json, seat_map_url
from .booking import booking_page

OUTCOMES = {"success": True, "failure": False}
MAX_EVENT_BYTES = 256 * 1024  # Stripe's events have a few thousand
TOO_LONG = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required_or_401
@throttle("pay", per_minute=60, reads=True)
@time_limit(PAGE_SECONDS)
def pay(request, reference):
    """GET: the payment form, and where a bank redirects to. POST: pay with the demo provider, or start a
    payment by card and return its client secret as JSON."""
    bookings = Booking.objects.all() if request.method == "POST" else Booking.objects.for_pages()
    booking = get_object_or_404(bookings.of(request.user), reference=reference)
    now = timezone.now()
    try:
        booking = settlement.refresh_from_provider(booking, now=now)
        if booking.status == Booking.Status.CONFIRMED:
            return redirect(booking)
        if not booking.is_payable(now):
            return _refuse(request, booking, _why_not_payable(booking), now)
        if request.method == "POST":
            return _begin(request, booking, now)
        return _form(request, booking, now)
    except BookingRefused as refusal:
        booking.refresh_from_db()
        if booking.status == Booking.Status.CONFIRMED:  # the same form was sent twice
            return redirect(booking)
        return _refuse(request, booking, refusal, now)
    except PaymentError as error:
        return _show_error(request, booking, error, now)


def _why_not_payable(booking):
    return ShowtimeCancelled() if booking.showtime.is_cancelled else TooLate()


def _begin(request, booking, now):
    if settings.PAYMENT_PROVIDER == "stripe":
        intent = settlement.begin_payment(booking=booking, now=now)
        key = settings.STRIPE_PUBLISHABLE_KEY
        return JsonResponse({"client_secret": intent.client_secret, "publishable_key": key})
    outcome = request.POST.get("outcome")
    if outcome not in OUTCOMES:
        raise BadRequest("outcome")
    return redirect(settlement.pay_demo(booking=booking, succeeds=OUTCOMES[outcome], now=now))


def _form(request, booking, now, *, refusal=None, status=200):
    response = _page(request, "pay", booking, now, refusal=refusal, status=status)
    return with_payment_csp(response) if settings.PAYMENT_PROVIDER == "stripe" else response


def _page(request, name, booking, now, *, refusal, status):
    context = {
        "booking": booking,
        "showtime": booking.showtime,
        "quote": pricing.quote_of(booking),
        "expires_at": booking.expires_at,
        "refund_terms": pricing.refund_terms(booking.refund_tiers, booking.showtime.start_time),
        "provider": settings.PAYMENT_PROVIDER,
        "stripe": {"js_url": settings.STRIPE_JS_URL, "return_url": request.path},
        "refusal": refusal,
        "again_url": seat_map_url(booking.showtime_id, booking.seats),
        "come_back_to": request.path,
        "now": now,
    }
    return render(request, f"bookings/{name}.html", context, status=status)


def _refuse(request, booking, refusal, now):
    if wants_json(request):
        return refuse_as_json(refusal)
    if isinstance(refusal, HoldsUnavailable | Busy):  # it may have been paid, and can't be settled yet
        return _wait(request, booking, PaymentUnavailable(), now)
    return booking_page(request, booking, refusal=refusal, now=now)


def _show_error(request, booking, error, now):
    """Render that the provider refused or didn't answer; the booking stays as it is."""
    is_unavailable = isinstance(error, PaymentUnavailable)
    if wants_json(request):
        content = {"error": error.code, "message": str(error.message)}
        return JsonResponse(content, status=503 if is_unavailable else 409)
    if is_unavailable:
        return _wait(request, booking, error, now)
    return _form(request, booking, now, refusal=error, status=409)


def _wait(request, booking, error, now):
    """Render a page without a payment form, since it is unknown whether the booking has been paid."""
    return _page(request, "waiting", booking, now, refusal=error, status=503)


@csrf_exempt
@require_POST
@time_limit(PAGE_SECONDS)
def stripe_webhook(request):
    """Handle an event signed by Stripe. Answer 200 once it is handled, 503 if Stripe has to send it again."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_EVENT_BYTES:
        return HttpResponse(status=TOO_LONG)
    try:
        event = read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except (BadSignature, NotAnEvent):
        return HttpResponseBadRequest()
    try:
        provider_events.handle_event(event=event, now=timezone.now())
    except (PaymentUnavailable, HoldsUnavailable, Busy):
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse()
