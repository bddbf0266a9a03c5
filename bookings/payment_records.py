"""The rows about payments, refunds and the provider's news. Written here and by `lifecycle`; no network.

What is given back never adds up to more than was received: that sum is made under the payment's row lock,
which comes after the showtime's and the booking's where those are taken too.
"""

import logging

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from moviebooking import row_locks

from . import event_records
from .models import Payment, Refund
from .refusals import Busy, RefundNotPossible

logger = logging.getLogger(__name__)
FINAL = (Refund.Status.SUCCEEDED, Refund.Status.FAILED)


def lock_payment(payment_id):
    """The payment as it is now, locked until the transaction ends; after its booking's row."""
    return row_locks.lock(Payment.objects, payment_id, busy=Busy)


# --- payments ---


def open_payment(*, booking, provider, amount, now):
    """Create an OPEN payment of `amount`, in minor units, for a locked booking. Return it."""
    return Payment.objects.create(
        booking=booking, provider=provider, amount=amount, currency=booking.currency, created_at=now
    )


def cancel_payment(payment, now):
    """Write CANCELED, for a locked payment that has received nothing."""
    payment.status, payment.settled_at = Payment.Status.CANCELED, now
    payment.save(update_fields=["status", "settled_at"])


def delete_payments_of(bookings):
    """Delete the payments of these locked bookings, none of which has received anything."""
    Payment.objects.filter(booking__in=bookings).delete()


def record_intent_id(payment, intent_id):
    """Write down what the provider calls this payment, once. Gives the name that was written down first."""
    Payment.objects.filter(pk=payment.pk, intent_id="").update(intent_id=intent_id)
    payment.refresh_from_db(fields=["intent_id"])
    return payment.intent_id


def record_unrequested_payment(*, booking, provider, intent_id, amount, received):
    """A Payment for money that came for the booking without being asked for; a person sees it until it is
    settled. `amount` is what the booking costs.
    """
    return Payment.objects.get_or_create(
        provider=provider,
        intent_id=intent_id,
        defaults={
            "booking": booking,
            "amount": amount,
            "received": received,
            "currency": booking.currency,
            "status": Payment.Status.MISMATCH,
            "note": "This site did not ask for this payment",
        },
    )[0]


def record_receipt(payment, status, now):
    """SUCCEEDED or REFUND_DUE, for a locked payment: all that was asked for has been received."""
    payment.status, payment.settled_at, payment.received = status, now, payment.amount
    payment.save(update_fields=["status", "settled_at", "received"])
    _follow_refunds(payment)


@transaction.atomic
def flag_for_staff(*, payment_id, remark, received=None, event=None):
    """Keep a payment that is not what was asked for as it is, for staff to decide. Raises one alert.

    `received` is in minor units; None leaves what is known of it.
    """
    event_records.record_event(event)
    payment, remark = lock_payment(payment_id), remark[:500]
    known = payment.status == Payment.Status.MISMATCH and payment.note == remark
    if known or payment.status in Payment.DECIDED:
        return
    payment.status, payment.note = Payment.Status.MISMATCH, remark
    payment.received = payment.received if received is None else received
    payment.save(update_fields=["status", "note", "received"])
    logger.error("Payment %s of booking %s needs a person: %s", payment, payment.booking, remark)


@transaction.atomic
def set_dispute(*, payment_id, is_open, is_lost, remark, now, event=None):
    """Flag the payment while a bank decides about it: nothing is refunded twice. Lost, it is gone."""
    event_records.record_event(event)
    payment, remark = lock_payment(payment_id), remark[:500]
    if is_lost and payment.status in Payment.TAKEN:
        payment.status, payment.disputed_at = Payment.Status.TAKEN_BACK, None
        logger.error("Payment %s of booking %s was taken back: %s", payment, payment.booking, remark)
    elif is_open and not payment.disputed_at:
        payment.disputed_at = now
        logger.error("Payment %s of booking %s is disputed: %s", payment, payment.booking, remark)
    elif not is_open and payment.disputed_at:
        payment.disputed_at = None
    else:
        return
    payment.note = remark
    payment.save(update_fields=["status", "disputed_at", "note"])


# --- refunds ---


def refunded_or_owed(payment):
    """What of the payment has been given back or will be, in minor units."""
    live = payment.refunds.exclude(status=Refund.Status.FAILED)
    return live.aggregate(sum=Sum("amount"))["sum"] or 0


def refundable_amount(payment):
    return max(payment.received - refunded_or_owed(payment), 0)


def failed_refunds():
    """Refunds that failed, that no other has taken the place of, and whose amount has not gone back in other
    ways: a person is needed.
    """
    others = Refund.objects.filter(payment=OuterRef("payment")).exclude(status=Refund.Status.FAILED)
    sums = others.order_by().values("payment").annotate(sum=Sum("amount")).values("sum")
    return (
        Refund.objects.filter(status=Refund.Status.FAILED, retry=None, payment__status__in=Payment.TAKEN)
        .annotate(given=Coalesce(Subquery(sums), 0))
        .filter(amount__lte=F("payment__received") - F("given"))
    )


def oldest_failed_refund(*, payment_id, amount):
    """The oldest of them of this payment and this very amount, or None."""
    return failed_refunds().filter(payment=payment_id, amount=amount).order_by("pk").first()


@transaction.atomic
def request_refund(*, payment_id, amount, reason, now, in_place_of=None):
    """Write down that this much, in minor units, goes back. Raises RefundNotPossible.

    `in_place_of` is a refund that failed, and that no other has taken the place of.
    """
    payment = lock_payment(payment_id)
    taken = payment.status in Payment.TAKEN and not payment.disputed_at
    if not taken or not 0 < amount <= refundable_amount(payment):
        raise RefundNotPossible()
    if in_place_of and not payment.refunds.filter(pk=in_place_of.pk, status=Refund.Status.FAILED, retry=None):
        raise RefundNotPossible()
    return Refund.objects.create(
        payment=payment, amount=amount, reason=reason[:200], retry_of=in_place_of, created_at=now
    )


@transaction.atomic
def request_full_refund(*, payment_id, reason, now):
    """The Refund of all that is not on its way back yet; None where that is nothing, or where the bank
    is deciding.
    """
    payment = lock_payment(payment_id)
    left = refundable_amount(payment)
    if left and not payment.disputed_at:
        return request_refund(payment_id=payment_id, amount=left, reason=reason, now=now)
    _follow_refunds(payment)
    return None


@transaction.atomic
def record_refund_status(*, refund_id, status, now, provider_id=""):
    """Write down what the provider said of a refund. A final word stays, but a bank may send back what had
    been given.
    """
    payment = lock_payment(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    refund = payment.refunds.get(pk=refund_id)
    if refund.status == status or (refund.status in FINAL and status != Refund.Status.FAILED):
        return refund
    refund.status, refund.refund_id = status, provider_id or refund.refund_id
    refund.settled_at = now if status in FINAL else None
    refund.save(update_fields=["status", "refund_id", "settled_at"])
    if status == Refund.Status.FAILED:
        logger.error("Refund %s of booking %s failed: a person is needed", refund, payment.booking)
    _follow_refunds(payment)
    return refund


@transaction.atomic
def import_refund(*, payment_id, made, status, now):
    """Take over a refund that somebody made in the provider's own dashboard, and what has become of it. It
    takes the place of a failed one of that amount.
    """
    payment = lock_payment(payment_id)
    known = payment.refunds.filter(refund_id=made.id).first()
    if known:
        return record_refund_status(refund_id=known.pk, status=status, now=now)
    refund = Refund.objects.create(
        payment=payment,
        refund_id=made.id,
        amount=made.amount,
        status=status,
        reason=made.reason[:200],
        retry_of=oldest_failed_refund(payment_id=payment_id, amount=made.amount),
        created_at=now,
        settled_at=now if status in FINAL else None,
    )
    if status == Refund.Status.FAILED:
        logger.error("Refund %s of booking %s failed: a person is needed", refund, payment.booking)
    _follow_refunds(payment)
    return refund


def _follow_refunds(payment):
    """REFUNDED once everything is back; no longer so when a bank sends some of it back to us."""
    Status = Payment.Status  # noqa: N806  (as in `lifecycle`)
    back = payment.refunds.filter(status=Refund.Status.SUCCEEDED).aggregate(sum=Sum("amount"))["sum"] or 0
    if payment.status in Payment.TAKEN and back >= payment.received > 0:
        if payment.booking.status == payment.booking.Status.CONFIRMED and payment.status == Status.SUCCEEDED:
            logger.error("All of payment %s is back, and booking %s has tickets", payment, payment.booking)
        payment.status = Status.REFUNDED
    elif payment.status == Status.REFUNDED and back < payment.received:
        has_tickets = payment.booking.status == payment.booking.Status.CONFIRMED
        payment.status = Status.SUCCEEDED if has_tickets else Status.REFUND_DUE
    else:
        return
    payment.save(update_fields=["status"])
