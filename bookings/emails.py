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
from .models import Booking, Letter, Refund

logger = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=10)  # and twice as long after each attempt
MOST_ATTEMPTS = 8  # about a day
TICKETS_FIRST = 50


def owe(kind, *, booking, refund=None, now):
    """Write down that this mail has to go out, in the transaction of what it tells, and send it."""
    letter = Letter.objects.create(
        booking=booking, kind=kind, refund=refund, created_at=now, due_at=now + AGAIN_AFTER
    )
    _queue(letter, letter.attempt)


def send_owed(*, now):
    """Send again what should have gone out minutes ago, and did not. Gives how many mails that are."""
    owed = Letter.objects.filter(sent_at=None, due_at__lte=now, attempt__lt=MOST_ATTEMPTS).order_by("pk")
    return sum(_once_more(letter, now) for letter in owed)


@transaction.atomic
def _once_more(letter, now):
    """Whoever moves the attempt on enqueues it; what an earlier one left in the queue does nothing then."""
    attempt, due_at = letter.attempt + 1, now + AGAIN_AFTER * 2**letter.attempt
    is_ours = Letter.objects.filter(pk=letter.pk, attempt=letter.attempt, sent_at=None).update(
        attempt=attempt, due_at=due_at
    )
    if is_ours:
        _queue(letter, attempt)
    return is_ours


def _queue(letter, attempt):
    """Tickets go out before any other mail that waits."""
    priority = TICKETS_FIRST if letter.kind == Letter.Kind.CONFIRMATION else 0
    enqueue(send.using(priority=priority), letter.pk, attempt)


@task()
def send(letter_id, attempt):
    """Send a mail that is owed, once, unless a later attempt has taken this one's place."""
    letter = Letter.objects.filter(pk=letter_id, attempt=attempt, sent_at=None).first()
    if letter is None:
        return
    if attempt == MOST_ATTEMPTS:
        logger.error("The mail %s goes out now or never", letter)
    booking = _booking(letter.booking_id)
    if attempt < MOST_ATTEMPTS and _is_too_many(letter, booking.user.email):
        return
    with _language_of(booking):
        WRITE[letter.kind](booking, letter)
    Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())


def _is_too_many(letter, address):
    """True where the address has had its mails of this kind for now; the sweep sends this one later."""
    if letter.kind == Letter.Kind.CONFIRMATION or not address:
        return False
    wait = email_delivery.seconds_to_wait(f"booking_{letter.kind}", address)
    if wait:
        due_at = timezone.now() + timedelta(seconds=wait)
        Letter.objects.filter(pk=letter.pk, attempt=letter.attempt).update(due_at=due_at)
    return bool(wait)


def _confirmation(booking, letter):
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


def _cancellation(booking, letter):
    given_back = _given_back(booking)
    _send(
        booking,
        _("Booking cancelled: %(movie)s"),
        "booking_cancelled",
        given_back=_money(given_back, booking) if given_back else "",
    )


def _cinema_cancellation(booking, letter):
    """The cinema, not the visitor, has given the booking up."""
    given_back = _given_back(booking)
    _send(
        booking,
        _("Show cancelled, full refund: %(movie)s") if given_back else _("Show cancelled: %(movie)s"),
        "booking_cancelled_by_cinema",
        given_back=_money(given_back, booking) if given_back else "",
    )


def _refund_notice(booking, letter):
    _send(
        booking,
        _("Your refund: %(movie)s"),
        "payment_refunded",
        given_back=_money(letter.refund.amount, booking),
    )


WRITE = {
    Letter.Kind.CONFIRMATION: _confirmation,
    Letter.Kind.CANCELLATION: _cancellation,
    Letter.Kind.CINEMA_CANCELLATION: _cinema_cancellation,
    Letter.Kind.REFUND_NOTICE: _refund_notice,
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
