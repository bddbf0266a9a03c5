"""Tickets, receipt and calendar file of a booking, and links to single tickets."""

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moviebooking.http import login_required_or_401, personal
from moviebooking.throttle import throttle

from .. import documents, emails, tickets
from ..models import Booking, BookingEmail, Ticket

HAS_RECEIPT = [Booking.Status.CONFIRMED, Booking.Status.CANCELLED]


def _confirmed(request, reference):
    """Return a CONFIRMED booking that the user may read, or raise Http404."""
    bookings = Booking.objects.for_pages().readable_by(request.user)
    return get_object_or_404(bookings, reference=reference, status=Booking.Status.CONFIRMED)


def _file(content, kind, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@personal
@require_safe
@login_required_or_401
@throttle("document", per_minute=30, reads=True)
def ticket_pdf(request, reference):
    booking = _confirmed(request, reference)
    return _file(documents.tickets_pdf(booking), "application/pdf", f"tickets-{reference}.pdf")


@personal
@require_safe
@login_required_or_401
@throttle("document", per_minute=30, reads=True)
def receipt(request, reference):
    bookings = Booking.objects.for_pages().readable_by(request.user).filter(status__in=HAS_RECEIPT)
    booking = get_object_or_404(bookings, reference=reference)
    return _file(documents.receipt_pdf(booking), "application/pdf", f"receipt-{reference}.pdf")


@personal
@require_safe
@login_required_or_401
@throttle("document", per_minute=30, reads=True)
def calendar(request, reference):
    booking = _confirmed(request, reference)
    return _file(documents.calendar_file(booking), "text/calendar; charset=utf-8", f"movie-{reference}.ics")


@require_safe
@never_cache
def ticket_worker(request):
    """Serve the service worker that keeps opened tickets. Its scope is the folder of its URL."""
    script = finders.find("js/ticket_worker.js")
    return FileResponse(open(script, "rb"), content_type="text/javascript; charset=utf-8")


def _to_booking(request, reference, **kwargs):
    return reverse("bookings:detail", args=[reference])


@require_POST
@login_required_or_401(come_back_to=_to_booking)
@throttle("resend", per_minute=5)
def resend(request, reference):
    """Email the tickets again, to the account's present address."""
    booking = get_object_or_404(
        Booking.objects.of(request.user), reference=reference, status=Booking.Status.CONFIRMED
    )
    if request.user.email:
        emails.owe(BookingEmail.Kind.CONFIRMATION, booking=booking, now=timezone.now())
        messages.info(
            request, _("We’ve emailed your tickets again to %(address)s.") % {"address": request.user.email}
        )
    elif request.user.unverified_email:
        messages.warning(request, _("Confirm your email first. Then your tickets can be sent to it."))
    else:
        messages.warning(request, _("Add an email address to your account first."))
    return redirect(booking)


@require_POST
@login_required_or_401(come_back_to=_to_booking)
def hand_over(request, reference, seat):
    """Share one ticket by a link of its own; with `back`, end that link."""
    booking = get_object_or_404(
        Booking.objects.of(request.user), reference=reference, status=Booking.Status.CONFIRMED
    )
    ticket = get_object_or_404(booking.tickets.valid(), seat=seat)
    if "back" in request.POST:
        tickets.end_sharing(ticket)
        messages.info(request, _("Link for %(seat)s turned off.") % {"seat": seat})
    else:
        tickets.share(ticket)
    return redirect(f"{booking.get_absolute_url()}#{seat}")


@personal
@require_safe
def handed_over(request, link_code):
    """Show one ticket to whoever has its link: seat and code, nothing of the booking or its buyer."""
    ticket = (
        Ticket.objects.valid()
        .select_related("showtime__movie", "showtime__screen__theater__city")
        .filter(link_code=link_code)
        .first()
    )
    if ticket is None:
        return render(request, "bookings/taken_back.html", status=404)
    showtime = ticket.showtime
    context = {"showtime": showtime, "ticket": documents.ticket_card(ticket, showtime.screen)}
    return render(request, "bookings/handed_over.html", context)
