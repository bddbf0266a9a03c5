"""The only writer of payments and refunds. No network.

Refunds never add up to more than was received: the sum is made with the payment's row locked. That row is
locked last, after the showtime's and the booking's where those are needed too.
"""

import logging

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from moviebooking import row_locks

from . import event_records
from .models import Booking, Payment, Refund
from .refusals import Busy, RefundNotPossible

logger = logging.getLogger(__name__)
FINAL = (Refund.Status.SUCCEEDED, Refund.Status.FAILED)


def lock_payment(payment_id):
    """Return the payment with its row locked until the transaction ends. Lock its booking's row first."""
    return row_locks.lock(Payment.objects, payment_id, busy=Busy)


def open_payment(*, booking, provider, amount, now):
    """Create an OPEN payment of `amount`, in minor units, for a locked booking. Return it."""
    return Payment.objects.create(
        booking=booking, provider=provider, amount=amount, currency=booking.currency, created_at=now
    )


def cancel_payment(payment, now):
    """Make a locked payment that has received nothing CANCELED."""
    payment.status = Payment.Status.CANCELED
    payment.settled_at = now
    payment.save(update_fields=["status", "settled_at"])


def delete_payments_of(bookings):
    """Delete the payments of these locked bookings, none of which has received anything."""
    Payment.objects.filter(booking__in=bookings).delete()


def record_intent_id(payment, intent_id):
    """Record the provider's ID of the payment unless it has one. Return the ID that is recorded."""
    if Payment.objects.filter(pk=payment.pk, intent_id="").update(intent_id=intent_id):
        payment.intent_id = intent_id
    else:
        payment.refresh_from_db(fields=["intent_id"])
    return payment.intent_id


def record_unrequested_payment(*, booking, provider, intent_id, amount, received):
    """Return the Payment, made if need be, for money that the site never asked for.

    It is a MISMATCH, and so needs attention, until it is settled. `amount` is what the booking costs, in
    minor units.
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
    """Record that all of a locked payment was received; `status` is SUCCEEDED or REFUND_DUE."""
    payment.status = status
    payment.settled_at = now
    payment.received = payment.amount
    payment.save(update_fields=["status", "settled_at", "received"])


@transaction.atomic
def flag_for_staff(*, payment_id, remark, received=None, event=None):
    """Mark a payment that is not what was asked for as MISMATCH, for staff to decide. Log one error.

    `received` is in minor units; None leaves the recorded amount. A decided payment is left alone.
    """
    event_records.record_event(event)
    payment = lock_payment(payment_id)
    remark = remark[:500]
    is_known = payment.status == Payment.Status.MISMATCH and payment.note == remark
    if is_known or payment.status in Payment.DECIDED:
        return
    payment.status = Payment.Status.MISMATCH
    payment.note = remark
    if received is not None:
        payment.received = received
    payment.save(update_fields=["status", "note", "received"])
    logger.error("Payment %s of booking %s needs attention: %s", payment, payment.booking, remark)


@transaction.atomic
def set_dispute(*, payment_id, is_open, is_lost, remark, now, event=None):
    """Flag the payment while it is disputed, so that nothing is refunded twice. A lost one is TAKEN_BACK."""
    event_records.record_event(event)
    payment = lock_payment(payment_id)
    remark = remark[:500]
    if is_lost and payment.status in Payment.TAKEN:
        payment.status = Payment.Status.TAKEN_BACK
        payment.disputed_at = None
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


def refunded_or_owed(payment):
    """Return how much of the payment has been refunded or is owed, in minor units."""
    return sum(refund.amount for refund in payment.refunds.all() if refund.status != Refund.Status.FAILED)


def refundable_amount(payment):
    """Return how much of the payment can still be refunded, in minor units."""
    return max(payment.received - refunded_or_owed(payment), 0)


def failed_refunds():
    """Return the failed refunds that need attention: not retried, and their amount not refunded otherwise."""
    others = Refund.objects.filter(payment=OuterRef("payment")).exclude(status=Refund.Status.FAILED)
    sums = others.order_by().values("payment").annotate(sum=Sum("amount")).values("sum")
    return (
        Refund.objects.filter(status=Refund.Status.FAILED, retry=None, payment__status__in=Payment.TAKEN)
        .annotate(refunded=Coalesce(Subquery(sums), 0))
        .filter(amount__lte=F("payment__received") - F("refunded"))
    )


def oldest_failed_refund(*, payment_id, amount):
    """Return the payment's oldest failed refund of exactly that amount that needs attention, or None."""
    return failed_refunds().filter(payment=payment_id, amount=amount).order_by("pk").first()


@transaction.atomic
def request_refund(*, payment_id, amount, reason, now, replaces=None):
    """Return a new REQUESTED refund of `amount` minor units. Raise RefundNotPossible.

    `replaces` is a failed refund that has not been retried, or None.
    """
    payment = lock_payment(payment_id)
    taken = payment.status in Payment.TAKEN and not payment.disputed_at
    if not taken or not 0 < amount <= refundable_amount(payment):
        raise RefundNotPossible()
    if replaces and not payment.refunds.filter(pk=replaces.pk, status=Refund.Status.FAILED, retry=None):
        raise RefundNotPossible()
    return Refund.objects.create(
        payment=payment, amount=amount, reason=reason[:200], retry_of=replaces, created_at=now
    )


@transaction.atomic
def request_full_refund(*, payment_id, reason, now):
    """Return a new refund of all that can still be refunded, or None if that is nothing or it is disputed."""
    payment = lock_payment(payment_id)
    left = refundable_amount(payment)
    if left and not payment.disputed_at:
        return request_refund(payment_id=payment_id, amount=left, reason=reason, now=now)
    _update_refunded_status(payment)
    return None


@transaction.atomic
def record_refund_status(*, refund_id, status, now, provider_id=""):
    """Record the provider's status of a refund and return the Refund.

    A final status stays, with one exception: a bank may return a refund that had succeeded, so it has FAILED.
    """
    payment = lock_payment(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    refund = payment.refunds.get(pk=refund_id)
    if refund.status == status or (refund.status in FINAL and status != Refund.Status.FAILED):
        return refund
    refund.status = status
    refund.refund_id = provider_id or refund.refund_id
    refund.settled_at = now if status in FINAL else None
    refund.save(update_fields=["status", "refund_id", "settled_at"])
    if status == Refund.Status.FAILED:
        logger.error("Refund %s of booking %s failed and needs attention", refund, payment.booking)
    _update_refunded_status(payment)
    return refund


@transaction.atomic
def import_refund(*, payment_id, made, status, now):
    """Record a refund that was made in the provider's own dashboard. Return the Refund.

    It replaces the oldest failed refund of the same amount, if there is one.
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
        logger.error("Refund %s of booking %s failed and needs attention", refund, payment.booking)
    _update_refunded_status(payment)
    return refund


def _update_refunded_status(payment):
    """Make a locked payment REFUNDED once all of it is refunded, and undo that if a bank returns a refund."""
    succeeded = payment.refunds.filter(status=Refund.Status.SUCCEEDED)
    refunded = succeeded.aggregate(sum=Sum("amount"))["sum"] or 0
    has_tickets = payment.booking.status == Booking.Status.CONFIRMED
    if payment.status in Payment.TAKEN and refunded >= payment.received > 0:
        if has_tickets and payment.status == Payment.Status.SUCCEEDED:
            logger.error(
                "All of payment %s is refunded, and booking %s has tickets", payment, payment.booking
            )
        payment.status = Payment.Status.REFUNDED
    elif payment.status == Payment.Status.REFUNDED and refunded < payment.received:
        payment.status = Payment.Status.SUCCEEDED if has_tickets else Payment.Status.REFUND_DUE
    else:
        return
    payment.save(update_fields=["status"])
