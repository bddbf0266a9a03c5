"""Emails about bookings. Each is owed as soon as its change is committed, and written as it is sent."""

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
RETRY_AFTER = timedelta(minutes=10)  # doubled with each attempt
MAX_ATTEMPTS = 8  # about a day
TICKETS_PRIORITY = 50


def owe(kind, *, booking, refund=None, now):
    """Record in the transaction of the change that an email about it is owed, and enqueue it."""
    owed = BookingEmail.objects.create(
        booking=booking, kind=kind, refund=refund, created_at=now, due_at=now + RETRY_AFTER
    )
    _queue(owed, owed.attempt)


def send_owed(*, now):
    """Enqueue again the emails that should have been sent by now. Return their number."""
    unsent = BookingEmail.objects.filter(sent_at=None, attempt__lt=MAX_ATTEMPTS)
    return sum(_retry(owed, now) for owed in unsent.filter(due_at__lte=now).order_by("pk"))


@transaction.atomic
def _retry(owed, now):
    """Enqueue the next attempt. Return 1, or 0 if the email was sent or retried meanwhile.

    The task of an earlier attempt does nothing once the row has moved on to another one.
    """
    attempt = owed.attempt + 1
    unchanged = BookingEmail.objects.filter(pk=owed.pk, attempt=owed.attempt, sent_at=None)
    updated = unchanged.update(attempt=attempt, due_at=now + RETRY_AFTER * 2**owed.attempt)
    if updated:
        _queue(owed, attempt)
    return updated


def _queue(owed, attempt):
    """Enqueue the sending; tickets go before all other emails in the queue."""
    priority = TICKETS_PRIORITY if owed.kind == BookingEmail.Kind.CONFIRMATION else 0
    enqueue(send.using(priority=priority), owed.pk, attempt)


@task()
def send(email_id, attempt):
    """Send an owed email, once, unless a later attempt has replaced this one."""
    owed = BookingEmail.objects.filter(pk=email_id, attempt=attempt, sent_at=None).first()
    if owed is None:
        return
    if attempt == MAX_ATTEMPTS:
        logger.error("The last attempt to send email %s begins", owed)
    booking = Booking.objects.for_pages().select_related("user").get(pk=owed.booking_id)
    if attempt < MAX_ATTEMPTS and _is_postponed(owed, booking.user.email):
        return
    with translation.override(booking.user.language or settings.LANGUAGE_CODE):
        WRITERS[owed.kind](booking, owed)
    BookingEmail.objects.filter(pk=owed.pk).update(sent_at=timezone.now())


def _is_postponed(owed, address):
    """Postpone the email if its address has had enough of its kind for now. Return whether it did."""
    if owed.kind == BookingEmail.Kind.CONFIRMATION or not address:
        return False
    wait = email_delivery.seconds_to_wait(f"booking_{owed.kind}", address)
    if wait:
        due_at = timezone.now() + timedelta(seconds=wait)
        BookingEmail.objects.filter(pk=owed.pk, attempt=owed.attempt).update(due_at=due_at)
    return bool(wait)


def _confirmation(booking, owed):
    """Send the tickets, as text, PDF and calendar file, unless the booking was cancelled meanwhile."""
    if booking.status != Booking.Status.CONFIRMED:
        return
    _send(
        booking,
        _("Your tickets: %(movie)s, %(when)s · %(reference)s"),
        "booking_confirmed",
        attach=_ticket_files,
        refund_terms=pricing.refund_terms(booking.refund_tiers, booking.showtime.start_time),
        pdf_url=email_delivery.link("bookings:ticket_pdf", booking.reference),
        calendar_url=email_delivery.link("bookings:calendar", booking.reference),
    )


def _cancellation(booking, owed):
    refunded = _refunded(booking)
    _send(
        booking,
        _("Booking cancelled: %(movie)s"),
        "booking_cancelled",
        given_back=_money(refunded, booking) if refunded else "",
    )


def _cinema_cancellation(booking, owed):
    """Tell the visitor that the cinema has cancelled the booking."""
    refunded = _refunded(booking)
    _send(
        booking,
        _("Show cancelled, full refund: %(movie)s") if refunded else _("Show cancelled: %(movie)s"),
        "booking_cancelled_by_cinema",
        given_back=_money(refunded, booking) if refunded else "",
    )


def _refund_notice(booking, owed):
    _send(
        booking,
        _("Your refund: %(movie)s"),
        "payment_refunded",
        given_back=_money(owed.refund.amount, booking),
    )


WRITERS = {
    BookingEmail.Kind.CONFIRMATION: _confirmation,
    BookingEmail.Kind.CANCELLATION: _cancellation,
    BookingEmail.Kind.CINEMA_CANCELLATION: _cinema_cancellation,
    BookingEmail.Kind.REFUND_NOTICE: _refund_notice,
}


def _refunded(booking):
    """Return how much of the booking is refunded or owed, in minor units."""
    refunds = Refund.objects.filter(payment__booking=booking).exclude(status=Refund.Status.FAILED)
    return sum(refund.amount for refund in refunds)


def _money(units, booking):
    return money(major(units, booking.currency), booking.currency)


def _ticket_files(booking):
    """Return the attachments: a list of (name, content, MIME type)."""
    return [
        (f"tickets-{booking.reference}.pdf", documents.tickets_pdf(booking), "application/pdf"),
        (f"movie-{booking.reference}.ics", documents.calendar_file(booking), "text/calendar"),
    ]


def _send(booking, subject, template, *, attach=lambda booking: (), **context):
    """Send the email, unless the visitor has no address: the booking's page says the same.

    `attach(booking)` returns the attachments.
    """
    if not booking.user.email:
        return
    showtime = booking.showtime
    common_context = {
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
        common_context | context,
        language=translation.get_language(),
        attachments=attach(booking),
    )
