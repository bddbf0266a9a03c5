"""Money on its way back: what a cancelled booking is worth, and making the refunds that are written down."""

import logging
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from moviebooking.formats import money
from moviebooking.queue import enqueue

from . import ledger, lifecycle, pricing
from .checkout import free_locks
from .models import Refund
from .payments import (
    REFUND_FAILED,
    REFUND_PENDING,
    REFUND_SUCCEEDED,
    PaymentRejected,
    PaymentUnavailable,
    provider,
)
from .payments.units import major, minor, payable_step

logger = logging.getLogger(__name__)
REFUND_STATUS = {
    REFUND_PENDING: Refund.Status.PENDING,
    REFUND_SUCCEEDED: Refund.Status.SUCCEEDED,
    REFUND_FAILED: Refund.Status.FAILED,
}


@task()
def give_back(refund_id):
    """Make a refund that is written down, by its own key: asked again, it is the same refund."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status in (Refund.Status.SUCCEEDED, Refund.Status.FAILED):
        return
    payment = refund.payment
    try:
        made = provider(payment.provider).refund(
            key=refund.key, intent_id=payment.intent_id, amount=refund.amount
        )
    except PaymentUnavailable:
        logger.warning("Refund %s waits: the provider does not answer", refund.key)
        return
    except PaymentRejected as error:
        logger.error("Refund %s was refused: %s", refund.key, error)
        ledger.refund_settled(
            refund_id=refund.pk, provider_id="", status=Refund.Status.FAILED, now=timezone.now()
        )
        return
    ledger.refund_settled(
        refund_id=refund.pk, provider_id=made.id, status=REFUND_STATUS[made.status], now=timezone.now()
    )


def refund_quote(booking, *, now):
    """(amount, percent) that cancelling gives back now, by the rules frozen into the booking."""
    minutes_left = (booking.showtime.start_time - now).total_seconds() / 60
    percent = pricing.percent_back(booking.refund_tiers, minutes_left=minutes_left)
    amount = pricing.refund_amount(
        seats=booking.seats_amount,
        fee=booking.fee_amount,
        tax=booking.tax_amount,
        percent=Decimal(percent),
        unit=payable_step(booking.currency),
    )
    return amount, percent


def cancel_booking(*, booking, now):
    """The visitor gives a CONFIRMED booking back, and gets what it is worth by then.

    Gives the booking and the amount. Raises NotCancellable.
    """

    def worth(locked):
        return minor(refund_quote(locked, now=now)[0], locked.currency)

    booking, refund = lifecycle.cancel(
        booking_id=booking.pk, amount_of=worth, now=now, reason=_("Cancelled by the visitor")
    )
    free_locks(booking, now)
    if refund:
        enqueue(give_back, refund.pk)
    return booking, major(refund.amount, booking.currency) if refund else Decimal(0)


def note_for_visitor(booking):
    """What became of the money of a booking without tickets, in a sentence; empty where there is nothing to
    tell.
    """
    refunds = Refund.objects.filter(payment__booking=booking)
    amount = money(major(sum(refund.amount for refund in refunds), booking.currency), booking.currency)
    if not refunds:
        return ""
    if all(refund.status == Refund.Status.SUCCEEDED for refund in refunds):
        return _("%(amount)s has been given back to you.") % {"amount": amount}
    return _("%(amount)s is on its way back to you.") % {"amount": amount}
