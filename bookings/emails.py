"""The mails about bookings, as tasks. Each takes a primary key and reads the truth when it runs."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from moviebooking import mail
from moviebooking.formats import money

from . import documents, pricing
from .models import Booking, Refund
from .payments.units import major


@task()
def send_confirmation(booking_id):
    """The tickets, as text, as PDF and for the calendar."""
    booking = _booking(booking_id)
    with _language_of(booking):
        _send(
            booking,
            _("Your tickets for %(film)s · %(reference)s"),
            "booking_confirmed",
            attach=_papers,
            pdf_url=mail.link("bookings:ticket_pdf", booking.reference),
            calendar_url=mail.link("bookings:calendar", booking.reference),
        )


@task()
def send_cancellation(booking_id):
    booking = _booking(booking_id)
    given_back = _given_back(booking)
    with _language_of(booking):
        _send(
            booking,
            _("Cancelled: %(film)s · %(reference)s"),
            "booking_cancelled",
            given_back=_money(given_back, booking) if given_back else "",
        )


@task()
def send_cinema_cancellation(booking_id):
    """The cinema, not the visitor, has given the booking up."""
    booking = _booking(booking_id)
    given_back = _given_back(booking)
    with _language_of(booking):
        _send(
            booking,
            _("The cinema has cancelled %(film)s · %(reference)s"),
            "booking_cancelled_by_cinema",
            given_back=_money(given_back, booking) if given_back else "",
        )


@task()
def send_refund_notice(refund_id):
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    booking = _booking(refund.payment.booking_id)
    with _language_of(booking):
        _send(
            booking,
            _("Your money goes back: %(film)s · %(reference)s"),
            "payment_refunded",
            given_back=_money(refund.amount, booking),
        )


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
        (f"film-{booking.reference}.ics", documents.calendar_file(booking), "text/calendar"),
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
        "booking_url": mail.link("bookings:detail", booking.reference),
    }
    mail.send(
        booking.user.email,
        subject % {"film": showtime.movie.title, "reference": booking.reference},
        template,
        facts | context,
        language=translation.get_language(),
        attachments=attach(booking),
    )
