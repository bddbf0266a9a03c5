"""The mails about bookings, as tasks. Each takes a primary key and reads the truth when it runs."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from moviebooking import mail
from moviebooking.formats import money

from . import pricing
from .models import Booking, Refund
from .payments.units import major


def quote_of(booking):
    """The pricing.Quote that the booking was sold by."""
    return pricing.restore(
        booking.quote_lines,
        seats=booking.seats_amount,
        fee=booking.fee_amount,
        tax=booking.tax_amount,
        currency=booking.currency,
    )


@task()
def send_confirmation(booking_id):
    booking = _booking(booking_id)
    _send(
        booking,
        _("Your tickets for %(film)s · %(reference)s"),
        "booking_confirmed",
        tickets=list(booking.tickets.valid()),
    )


@task()
def send_cancellation(booking_id):
    booking = _booking(booking_id)
    refunds = Refund.objects.filter(payment__booking=booking)
    given_back = sum((refund.amount for refund in refunds), 0)
    _send(
        booking,
        _("Cancelled: %(film)s · %(reference)s"),
        "booking_cancelled",
        given_back=money(major(given_back, booking.currency), booking.currency) if given_back else "",
    )


@task()
def send_refund_notice(refund_id):
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    booking = _booking(refund.payment.booking_id)
    _send(
        booking,
        _("Your money goes back: %(film)s · %(reference)s"),
        "payment_refunded",
        given_back=money(major(refund.amount, booking.currency), booking.currency),
    )


def _booking(booking_id):
    return Booking.objects.for_pages().select_related("user").get(pk=booking_id)


def _send(booking, subject, template, **context):
    """Nothing is sent to a visitor who gave no address; the booking's page tells them the same."""
    if not booking.user.email:
        return
    showtime = booking.showtime
    mail.send(
        booking.user.email,
        subject % {"film": showtime.movie.title, "reference": booking.reference},
        template,
        {
            "booking": booking,
            "showtime": showtime,
            "quote": quote_of(booking),
            "booking_url": settings.SITE_URL + reverse("bookings:detail", args=[booking.reference]),
            **context,
        },
    )
