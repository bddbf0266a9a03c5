"""Mails about bookings. Each is owed from the moment that it tells of, and tells the truth as it is sent."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue
from moviebooking.templatetags.formats import clock, day, money

from . import documents, pricing
from .minor_units import major
from .models import Booking, BookingEmail, Refund

logger = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=10)  # and twice as long after each attempt
MOST_ATTEMPTS = 8  # about a day
TICKETS_FIRST = 50


def owe(kind, *, booking, refund=None, now):
    """Write down that this mail has to go out, in the transaction of what it tells, and send it."""
    owed = BookingEmail.objects.create(
        booking=booking, kind=kind, refund=refund, created_at=now, due_at=now + AGAIN_AFTER
    )
    _queue(owed, owed.attempt)


def send_owed(*, now):
    """Send again what should have gone out minutes ago, and did not. Gives how many mails that are."""
    unsent = BookingEmail.objects.filter(sent_at=None, attempt__lt=MOST_ATTEMPTS)
    return sum(_once_more(owed, now) for owed in unsent.filter(due_at__lte=now).order_by("pk"))


@transaction.atomic
def _once_more(owed, now):
    """Whoever moves the attempt on enqueues it; what an earlier one left in the queue does nothing then."""
    attempt, due_at = owed.attempt + 1, now + AGAIN_AFTER * 2**owed.attempt
    is_ours = BookingEmail.objects.filter(pk=owed.pk, attempt=owed.attempt, sent_at=None).update(
        attempt=attempt, due_at=due_at
    )
    if is_ours:
        _queue(owed, attempt)
    return is_ours


def _queue(owed, attempt):
    """Tickets go out before any other mail that waits."""
    priority = TICKETS_FIRST if owed.kind == BookingEmail.Kind.CONFIRMATION else 0
    enqueue(send.using(priority=priority), owed.pk, attempt)


@task()
def send(email_id, attempt):
    """Send a mail that is owed, once, unless a later attempt has taken this one's place."""
    owed = BookingEmail.objects.filter(pk=email_id, attempt=attempt, sent_at=None).first()
    if owed is None:
        return
    if attempt == MOST_ATTEMPTS:
        logger.error("The mail %s goes out now or never", owed)
    booking = _booking(owed.booking_id)
    if attempt < MOST_ATTEMPTS and _is_too_many(owed, booking.user.email):
        return
    with _language_of(booking):
        WRITE[owed.kind](booking, owed)
    BookingEmail.objects.filter(pk=owed.pk).update(sent_at=timezone.now())


def _is_too_many(owed, address):
    """True where the address has had its mails of this kind for now; the sweep sends this one later."""
    if owed.kind == BookingEmail.Kind.CONFIRMATION or not address:
        return False
    wait = email_delivery.seconds_to_wait(f"booking_{owed.kind}", address)
    if wait:
        due_at = timezone.now() + timedelta(seconds=wait)
        BookingEmail.objects.filter(pk=owed.pk, attempt=owed.attempt).update(due_at=due_at)
    return bool(wait)


def _confirmation(booking, owed):
    """The tickets, as text, as PDF and for the calendar; none of a booking that was cancelled meanwhile."""
    if booking.status != Booking.Status.CONFIRMED:
        return
    _send(
        booking,
        _("Your tickets: %(movie)s, %(when)s · %(reference)s"),
        "booking_confirmed",
        attach=_papers,
        refund_terms=pricing.refund_terms(booking.refund_tiers, booking.showtime.start_time),
        pdf_url=email_delivery.link("bookings:ticket_pdf", booking.reference),
        calendar_url=email_delivery.link("bookings:calendar", booking.reference),
    )


def _cancellation(booking, owed):
    given_back = _given_back(booking)
    _send(
        booking,
        _("Booking cancelled: %(movie)s"),
        "booking_cancelled",
        given_back=_money(given_back, booking) if given_back else "",
    )


def _cinema_cancellation(booking, owed):
    """The cinema, not the visitor, has given the booking up."""
    given_back = _given_back(booking)
    _send(
        booking,
        _("Show cancelled, full refund: %(movie)s") if given_back else _("Show cancelled: %(movie)s"),
        "booking_cancelled_by_cinema",
        given_back=_money(given_back, booking) if given_back else "",
    )


def _refund_notice(booking, owed):
    _send(
        booking,
        _("Your refund: %(movie)s"),
        "payment_refunded",
        given_back=_money(owed.refund.amount, booking),
    )


WRITE = {
    BookingEmail.Kind.CONFIRMATION: _confirmation,
    BookingEmail.Kind.CANCELLATION: _cancellation,
    BookingEmail.Kind.CINEMA_CANCELLATION: _cinema_cancellation,
    BookingEmail.Kind.REFUND_NOTICE: _refund_notice,
}


def _booking(booking_id):
    return Booking.objects.for_pages().select_related("user").get(pk=booking_id)


def _given_back(booking):
    """What has gone back or is on its way, in minor units."""
    refunds = Refund.objects.filter(payment__booking=booking).exclude(status=Refund.Status.FAILED)
    return sum(refund.amount for refund in refunds)


def _language_of(booking):
    return translation.override(booking.user.language or settings.LANGUAGE_CODE)


def _money(units, booking):
    return money(major(units, booking.currency), booking.currency)


def _papers(booking):
    return [
        (f"tickets-{booking.reference}.pdf", documents.tickets_pdf(booking), "application/pdf"),
        (f"movie-{booking.reference}.ics", documents.calendar_file(booking), "text/calendar"),
    ]


def _send(booking, subject, template, *, attach=lambda booking: (), **context):
    """Nothing is sent to a visitor who gave no address; the booking's page tells them the same."""
    if not booking.user.email:
        return
    showtime = booking.showtime
    facts = {
        "booking": booking,
        "showtime": showtime,
        "quote": pricing.quote_of(booking),
        "booking_url": email_delivery.link("bookings:detail", booking.reference),
    }
    email_delivery.send(
        booking.user.email,
        subject
        % {
            "movie": showtime.movie.title,
            "when": f"{day(showtime.local_start)}, {clock(showtime.local_start)}",
            "reference": booking.reference,
        },
        template,
        facts | context,
        language=translation.get_language(),
        attachments=attach(booking),
    )
