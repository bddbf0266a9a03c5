"""Review and create a booking, show it, list them, and cancel it."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moviebooking.http import login_required_or_401, personal, wants_json
from moviebooking.throttle import throttle
from theaters.models import Showtime

from .. import checkout, pricing
from ..documents import ticket_card
from ..models import Booking
from ..money import refunds, visitor_notes
from ..payments.time_limit import PAGE_SECONDS, time_limit
from ..pricing import quote_of
from ..refusals import AlreadyPaid, BookingRefused, BookingWaiting, HoldsUnavailable, SeatsUnavailable
from ..seats import chosen_seats, live_map
from ..seats.showtime_snapshot import snapshot_of
from .answers import http_status_of, parse_quoted_amount, refuse_as_json, seat_map_url
from .lost_seats import explain_empty_review, warn_of_lost_seats
from .seats import seat_page

PER_PAGE = 10


def _to_review(request, pk):
    return reverse("bookings:create_booking", args=[pk])


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@login_required_or_401(come_back_to=_to_review)
@throttle("book", per_minute=60)
def create_booking(request, pk):
    """GET: review the held seats. POST: create a PENDING booking of them."""
    if request.method == "POST":
        return _book(request, pk)
    return _review(request, pk, now=timezone.now())


def _book(request, pk):
    seats, now = request.POST.getlist("seat_ids"), timezone.now()
    try:
        booking = checkout.start_booking(
            user=request.user,
            address=request.META["REMOTE_ADDR"],
            showtime_id=pk,
            seats=seats,
            selected=chosen_seats.remembered(request.session, pk),
            quoted_total=parse_quoted_amount(request.POST.get("quoted_total")),
            now=now,
        )
    except Showtime.DoesNotExist as error:
        raise Http404 from error
    except BookingWaiting as waiting:
        if set(waiting.booking.seats) == set(seats):  # the same form was sent twice
            return redirect("bookings:pay", reference=waiting.booking.reference)
        if wants_json(request):
            return refuse_as_json(waiting)
        return _review(request, pk, refusal=waiting, now=now)
    except BookingRefused as refusal:
        if wants_json(request):
            return refuse_as_json(refusal)
        return _refuse(request, pk, seats, refusal, now)
    chosen_seats.forget(request.session, pk)
    return redirect("bookings:pay", reference=booking.reference)


def _refuse(request, pk, seats, refusal, now):
    """Render the review with the refusal; if the seats are the visitor's paid ones, their booking."""
    paid = isinstance(refusal, SeatsUnavailable) and _paid_booking(request.user, pk, seats)
    if paid:
        return booking_page(request, paid, refusal=AlreadyPaid(), now=now)
    return _review(request, pk, refusal=refusal, now=now)


def _paid_booking(user, pk, seats=()):
    """Return a CONFIRMED booking of the user for the showtime that contains all the seats, or None."""
    bookings = Booking.objects.of(user).for_pages().filter(showtime_id=pk, status=Booking.Status.CONFIRMED)
    return next((one for one in bookings if set(seats) <= set(one.seats)), None)


def _review(request, pk, *, now, refusal=None):
    showtime = get_object_or_404(Showtime.objects.for_seat_map(), pk=pk)
    if showtime.is_closed(now):
        return seat_page(request, pk, now=now)
    status = live_map.seat_status(pk, user_id=request.user.pk, now=now)
    if status.degraded and not refusal:
        refusal = HoldsUnavailable()
    if not status.mine:
        return _leave_empty_review(request, pk, status, refusal, now)
    chosen = chosen_seats.remembered(request.session, pk)
    warn_of_lost_seats(request, chosen, status, refusal)
    if chosen != status.mine:  # the locks decide
        chosen_seats.remember(request.session, pk, status.mine)
    quote = snapshot_of(showtime).quote(status.mine)
    context = {
        "showtime": showtime,
        "seats": status.mine,
        "quote": quote,
        "expires_at": status.hold_expires_at,
        "refund_terms": pricing.refund_terms(pricing.parse_tiers(settings.REFUND_TIERS), showtime.start_time),
        "pending": _waiting_booking(request.user, pk, now) if status.pending else None,
        "refusal": refusal,
        "again_url": seat_map_url(pk, status.mine),
        "come_back_to": request.path,
        "now": now,
    }
    return render(request, "bookings/review.html", context, status=http_status_of(refusal))


def _waiting_booking(user, pk, now):
    """Return the user's payable booking for the showtime, or None."""
    return Booking.objects.payable(now).of(user).filter(showtime_id=pk).first()


def _leave_empty_review(request, pk, status, refusal, now):
    """Lead back to the seat map with the chosen seats selected, or on to payment or tickets."""
    chosen = chosen_seats.remembered(request.session, pk)
    if refusal:
        return seat_page(
            request, pk, refusal=refusal, ticked=chosen or request.POST.getlist("seat_ids"), now=now
        )
    waiting = _waiting_booking(request.user, pk, now) if status.pending else None
    if waiting:
        return redirect("bookings:pay", reference=waiting.reference)
    paid = None if chosen else _paid_booking(request.user, pk)
    if paid:  # after paying, with the Back button
        messages.info(request, AlreadyPaid.message)
        return redirect(paid)
    messages.warning(request, explain_empty_review(chosen, status))
    return redirect(seat_map_url(pk, chosen))


@personal
@require_safe
@login_required_or_401
def booking_list(request):
    now, own = timezone.now(), Booking.objects.of(request.user).for_pages()
    past_page = Paginator(own.past(now), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upcoming": _with_status_at(now, own.upcoming(now)),
        "past": _with_status_at(now, past_page),
        "past_page": past_page,
    }
    return render(request, "bookings/list.html", context)


def _with_status_at(now, bookings):
    """Return [(booking, its status at that moment)]."""
    return [(booking, booking.status_at(now)) for booking in bookings]


@personal
@require_safe
@login_required_or_401
def detail(request, reference):
    bookings = Booking.objects.for_pages().with_money().readable_by(request.user)
    booking = get_object_or_404(bookings, reference=reference)
    return booking_page(request, booking, now=timezone.now())


def booking_page(request, booking, *, now, refusal=None):
    """Render the booking as it is now: to be paid, with tickets, or ended."""
    status, showtime = booking.status_at(now), booking.showtime
    can_cancel = (
        status == Booking.Status.CONFIRMED
        and showtime.start_time > now
        and booking.user_id == request.user.pk
    )
    amount, percent = refunds.refund_quote(booking, now=now)
    context = {
        "booking": booking,
        "status": status,
        "showtime": showtime,
        "quote": quote_of(booking),
        "tickets": [ticket_card(ticket, showtime.screen) for ticket in booking.tickets.valid()],
        "refund_terms": pricing.refund_terms(booking.refund_tiers, showtime.start_time),
        "can_cancel": can_cancel,
        "can_choose_again": not showtime.is_closed(now),
        "again_url": seat_map_url(showtime.pk, booking.seats),
        "refund_quote": {"amount": amount, "percent": percent} if can_cancel else None,
        "payment_note": visitor_notes.note_for_visitor(booking),
        "expires_at": booking.expires_at,
        "site_url": settings.SITE_URL,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "bookings/detail.html", context, status=http_status_of(refusal))


def _to_booking(request, reference):
    return reverse("bookings:detail", args=[reference])


@personal
@require_POST
@login_required_or_401(come_back_to=_to_booking)
@throttle("cancel", per_minute=30)
@time_limit(PAGE_SECONDS)
def cancel(request, reference):
    """Cancel a CONFIRMED booking by its refund terms, or release a payable one."""
    booking = get_object_or_404(Booking.objects.for_pages().of(request.user), reference=reference)
    now = timezone.now()
    try:
        if booking.is_payable(now):
            checkout.drop_booking(booking=booking, now=now)
            messages.info(
                request,
                _("Booking cancelled, seats released. If any payment went through, we’ll refund it in full."),
            )
            return redirect("bookings:seat_map", pk=booking.showtime_id)
        quoted = parse_quoted_amount(request.POST.get("quoted_refund"))
        refunds.cancel_booking(booking=booking, quoted=quoted, now=now)
    except BookingRefused as refusal:
        booking.refresh_from_db()
        if wants_json(request):
            return refuse_as_json(refusal)
        return booking_page(request, booking, now=now, refusal=refusal)
    return redirect(booking)
