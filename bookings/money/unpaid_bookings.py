"""Bookings that were never paid: they are deleted together with their showtime.

An open payment may still be paid, so the provider withdraws it first. What is deleted is decided with the
rows locked, in the order of `lifecycle`.
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


def without_money(bookings, *, now=None):
    """Return those of the bookings that are over and whose payments, OPEN or CANCELED, received nothing."""
    over = Q(status__in=[Booking.Status.FAILED, Booking.Status.EXPIRED])
    over |= Q(status=Booking.Status.PENDING, expires_at__lte=now or timezone.now())
    without_receipts = Q(
        status__in=[Payment.Status.OPEN, Payment.Status.CANCELED], received=0, refunds=None, disputed_at=None
    )
    others = Payment.objects.exclude(without_receipts).values("booking")
    return bookings.filter(over, tickets=None).exclude(pk__in=others)


def withdraw_payments(bookings, *, now=None):
    """Have the provider withdraw these bookings' open payments. Where it doesn't answer, they stay open."""
    now = now or timezone.now()
    still_open = Payment.objects.filter(booking__in=bookings, status=Payment.Status.OPEN)
    for payment in still_open.select_related("booking"):
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
    """Delete those of the bookings that still have received nothing, with their withdrawn payments."""
    keys = list(bookings.values_list("pk", flat=True))
    chosen = Booking.objects.filter(pk__in=keys)
    lock_all(Showtime.objects.filter(pk__in=chosen.values("showtime")))
    lock_all(chosen)
    lock_all(Payment.objects.filter(booking__in=keys))
    still_open = Payment.objects.filter(booking__in=keys, status=Payment.Status.OPEN).values("booking")
    gone = list(without_money(chosen).exclude(pk__in=still_open))
    payment_records.delete_payments_of(gone)
    for booking in gone:
        logger.info("Booking %s, never paid, is deleted with its showtime", booking)
        booking.delete()
