"""Bookings that ended without any money: they go along when their showtime is deleted.

Money may still be on its way to an open payment, so the provider is asked to withdraw it first, and what is
deleted is decided under the row locks, taken in the order of `lifecycle`.
"""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from moviebooking.row_locks import lock_all
from theaters.models import Showtime

from .. import lifecycle, payment_records
from ..models import Booking, Payment
from ..payments import PaymentError, PaymentRejected, UnknownIntent
from ..refusals import BookingRefused
from . import reconciliation

logger = logging.getLogger(__name__)
Status = Payment.Status


def without_money(bookings, *, now=None):
    """Those of the bookings that are over, and whose payments are open or withdrawn and received nothing."""
    over = Q(status__in=[Booking.Status.FAILED, Booking.Status.EXPIRED])
    over |= Q(status=Booking.Status.PENDING, expires_at__lte=now or timezone.now())
    untouched = Q(status__in=[Status.OPEN, Status.CANCELED], received=0, refunds=None, disputed_at=None)
    touched = Payment.objects.exclude(untouched).values("booking")
    return bookings.filter(over, tickets=None).exclude(pk__in=touched)


def withdraw_payments(bookings, *, now=None):
    """Have the provider withdraw these bookings' open payments. One that it gives no answer for stays."""
    now = now or timezone.now()
    for payment in Payment.objects.filter(booking__in=bookings, status=Status.OPEN).select_related("booking"):
        try:
            _withdraw(payment, now)
        except (PaymentError, BookingRefused) as error:
            logger.warning("Payment %s can't be withdrawn: %r", payment, error)


def _withdraw(payment, now):
    try:
        reconciliation.sync_payment(payment, now=now)
    except (PaymentRejected, UnknownIntent) as error:
        if payment.intent_id and isinstance(error, PaymentRejected):
            raise
        logger.warning("The provider has no payment %s of booking %s", payment, payment.booking)
        lifecycle.close_unpaid(payment_id=payment.pk, now=now)


@transaction.atomic
def delete(bookings):
    """Delete those of these bookings that still have received nothing, with their withdrawn payments."""
    keys = list(bookings.values_list("pk", flat=True))
    chosen = Booking.objects.filter(pk__in=keys)
    lock_all(Showtime.objects.filter(pk__in=chosen.values("showtime")))
    lock_all(chosen)
    lock_all(Payment.objects.filter(booking__in=keys))
    still_open = Payment.objects.filter(booking__in=keys, status=Status.OPEN).values("booking")
    gone = list(without_money(chosen).exclude(pk__in=still_open))
    payment_records.delete_payments_of(gone)
    for booking in gone:
        logger.info("Booking %s, never paid, is deleted with its showtime", booking)
        booking.delete()
