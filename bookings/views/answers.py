"""Responses to refusals, and what several views of the flow share."""

from datetime import UTC
from decimal import Decimal, InvalidOperation
from functools import wraps

from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from .. import refusals
from ..models import Booking
from ..seats import fairness

NO_AMOUNT = Decimal(-1)

HTTP_STATUS_OF_REFUSALS = {
    refusals.InvalidSeats: 400,
    refusals.SeatsUnavailable: 409,
    refusals.LoneSeat: 409,
    refusals.CompanionAlone: 409,
    refusals.SelectionChanged: 409,
    refusals.HoldLapsed: 409,
    refusals.BookingWaiting: 409,
    refusals.AlreadyPaid: 409,
    refusals.PriceChanged: 409,
    refusals.NotCancellable: 409,
    refusals.RefundChanged: 409,
    refusals.RefundNotPossible: 409,
    refusals.PaymentInQuestion: 409,
    refusals.PaymentWasTaken: 409,
    refusals.ShowtimeClosed: 410,
    refusals.ShowtimeCancelled: 410,
    refusals.TooLate: 410,
    fairness.TooManyHeld: 429,
    fairness.TooManyHeldFromAddress: 429,
    fairness.HoldPaused: 429,
    refusals.HoldsUnavailable: 503,
    refusals.Busy: 503,
}


def http_status_of(refusal):
    return HTTP_STATUS_OF_REFUSALS[type(refusal)] if refusal else 200


def refuse_as_json(refusal):
    return with_retry_after(JsonResponse(refusal.as_json(), status=http_status_of(refusal)), refusal)


def with_retry_after(response, refusal):
    if refusal and refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def iso(moment):
    """Return an aware datetime as `2026-11-22T18:42:00.000Z`; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_quoted_amount(text):
    """Return the amount that a form was made with, for comparison with the true one.

    None if the form has none; NO_AMOUNT, which equals no true amount, if it isn't a number.
    """
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return NO_AMOUNT
    return amount if amount.is_finite() else NO_AMOUNT


def _may_read(user, reference):
    return user.is_authenticated and Booking.objects.readable_by(user).filter(reference=reference).exists()


def at_canonical_url(view):
    """Decorate a view to redirect readers of a booking to the canonical form of its reference in the URL."""

    @wraps(view)
    def wrapper(request, **kwargs):
        address = reverse(request.resolver_match.view_name, kwargs=kwargs)
        is_other_form = request.method in ("GET", "HEAD") and request.path != address
        if not (is_other_form and _may_read(request.user, kwargs["reference"])):
            return view(request, **kwargs)  # which asks for a login, or answers 404
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address, permanent=True)

    return wrapper


def seat_map_url(showtime_id, seats):
    """Return the URL of the seat map with these seats selected, if they are free."""
    query = "?" + urlencode({"seats": list(seats)}, doseq=True) if seats else ""
    return reverse("bookings:seat_map", args=[showtime_id]) + query
