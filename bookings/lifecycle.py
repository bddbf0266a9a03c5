"""The only writer of bookings and their status. No network and no Redis here.

Every function is one transaction and safe to call twice. Rows are locked before anything is read that a
decision depends on: the showtime first, then the booking, then the payment. Every function raises Busy when
a row stays locked by others. A booking whose seats have changed is returned with its `seat_change`.
"""

from django.db import transaction

from moviebooking.row_locks import lock, lock_all
from theaters.models import Showtime

from . import emails, event_records, payment_records, refusals, tickets
from .models import Booking, BookingEmail, Payment


def _lock_showtime(showtime_id):
    return lock(Showtime.objects, showtime_id, busy=refusals.Busy)


def _lock_booking(booking_id):
    return lock(Booking.objects, booking_id, busy=refusals.Busy)


def _lock(booking_id, showtime_id=None):
    """Return the booking as stored, with its showtime's row and its own locked until the transaction ends."""
    showtime_id = showtime_id or Booking.objects.values_list("showtime_id", flat=True).get(pk=booking_id)
    showtime = _lock_showtime(showtime_id)
    booking = _lock_booking(booking_id)
    booking.showtime = showtime
    return booking


def _lock_with_payment(payment_id):
    """Return (booking, payment) as stored, locked until the transaction ends."""
    keys = Payment.objects.values_list("booking_id", "booking__showtime_id").get(pk=payment_id)
    return _lock(*keys), payment_records.lock_payment(payment_id)


def _move(booking, status, **fields):
    """Write one step along Booking.MOVES, for a locked booking. Raise ValueError for any other step.

    update() sends no signal, so that only the caller refreshes the live map.
    """
    if status not in Booking.MOVES[booking.status]:
        raise ValueError(f"{booking}: {booking.status} never becomes {status}")
    fields["status"] = status
    Booking.objects.filter(pk=booking.pk).update(**fields)
    for name, value in fields.items():
        setattr(booking, name, value)


def _end_unpaid(booking, now):
    """End a locked PENDING booking: FAILED before its deadline, which frees its seats, else EXPIRED."""
    if not booking.is_payable(now):
        return _move(booking, Booking.Status.EXPIRED)
    booking.seat_change = tickets.give_back(booking, now)
    return _move(booking, Booking.Status.FAILED)


@transaction.atomic
def create_pending(*, reference, user, showtime_id, seats, quote, refund_tiers, expires_at, now):
    """Create and return the PENDING booking. Raise ShowtimeClosed, BookingWaiting or SeatsUnavailable."""
    showtime = _lock_showtime(showtime_id)
    refusals.refuse_closed(showtime, now)
    payable = list(Booking.objects.payable(now).filter(showtime=showtime).values_list("user_id", "seats"))
    if user.pk in dict(payable):
        refuse_second_pending(user=user, showtime_id=showtime_id, now=now)
    booked = {label for _user_id, labels in payable for label in labels}
    if taken := tickets.unavailable_seats(showtime, seats, booked=booked):
        raise refusals.SeatsUnavailable(taken)
    booking = Booking.at_price_of(
        quote,
        reference=reference,
        user=user,
        showtime=showtime,
        seats=seats,
        refund_tiers=refund_tiers,
        created_at=now,
        expires_at=expires_at,
    )
    Booking.objects.bulk_create([booking])  # sends no signal, like _move
    booking.seat_change = tickets.record_change(showtime, seats)
    return booking


def refuse_second_pending(*, user, showtime_id, now):
    """Raise BookingWaiting while this visitor has a payable booking for the showtime."""
    if waiting := Booking.objects.payable(now).of(user).filter(showtime_id=showtime_id).first():
        raise refusals.BookingWaiting(waiting)


@transaction.atomic
def open_payment(*, booking_id, provider, amount, now):
    """Return the booking's one open Payment, created if there is none. Raise TooLate or PaymentInQuestion."""
    booking = _lock_booking(booking_id)  # not the showtime's row: no seat is sold or freed
    if not booking.is_payable(now):
        raise refusals.TooLate()
    unsettled = {payment.status: payment for payment in booking.payments.filter(status__in=Payment.UNDECIDED)}
    if Payment.Status.MISMATCH in unsettled:
        raise refusals.PaymentInQuestion()
    payment = unsettled.get(Payment.Status.OPEN)
    return payment or payment_records.open_payment(booking=booking, provider=provider, amount=amount, now=now)


@transaction.atomic
def confirm(*, payment_id, now, late=False, event=None):
    """Confirm the booking of a succeeded payment and issue its tickets, once. Return the booking.

    `late` says that the seats of an overdue booking have been locked again. Raise TooLate or ShowtimeClosed
    if the booking can no longer be confirmed, SeatsUnavailable if a seat is gone; then nothing has changed.
    """
    booking, payment = _lock_with_payment(payment_id)
    event_records.record_event(event)
    if payment.status in Payment.DECIDED:
        return booking
    unpaid = (Booking.Status.PENDING, Booking.Status.EXPIRED)
    if booking.status not in unpaid or not (late or booking.is_payable(now)):
        raise refusals.TooLate()
    if late:
        refusals.refuse_closed(booking.showtime, now)
    else:
        refusals.refuse_cancelled(booking.showtime)
    if payment_records.refunded_or_owed(payment):  # refunded before it was settled, it buys nothing
        raise refusals.TooLate()
    if gone := tickets.lost_seats(booking, now, late=late):
        raise refusals.SeatsUnavailable(gone)
    booking.seat_change = tickets.issue(booking)
    _move(booking, Booking.Status.CONFIRMED, confirmed_at=now)
    payment_records.record_receipt(payment, Payment.Status.SUCCEEDED, now)
    emails.owe(BookingEmail.Kind.CONFIRMATION, booking=booking, now=now)
    return booking


@transaction.atomic
def owe_refund(*, payment_id, reason, now, event=None):
    """Record that a payment without seats is refunded in full. Return the Refund, or None if none is due."""
    booking, payment = _lock_with_payment(payment_id)
    event_records.record_event(event)
    if payment.status in Payment.DECIDED:
        return None
    payment_records.record_receipt(payment, Payment.Status.REFUND_DUE, now)
    if booking.status == Booking.Status.PENDING and not booking.is_payable(now):
        _end_unpaid(booking, now)
    refund = payment_records.request_full_refund(payment_id=payment.pk, reason=reason, now=now)
    if refund:
        emails.owe(BookingEmail.Kind.REFUND_NOTICE, booking=booking, refund=refund, now=now)
    return refund


@transaction.atomic
def fail_payment(*, payment_id, now, event=None):
    """Record a payment that failed for good: a payable booking becomes FAILED, an overdue one EXPIRED.

    A payment that has received money is left alone.
    """
    event_records.record_event(event)
    booking, payment = _lock_with_payment(payment_id)
    if payment.status in Payment.UNDECIDED and not payment.received:
        _cancel_payment(booking, payment, now)
    return booking


@transaction.atomic
def close_unpaid(*, payment_id, now):
    """Cancel a payment of which staff knows that nothing was taken. Money that still arrives is settled.

    Raise PaymentWasTaken if money has been received, or still can be.
    """
    booking, payment = _lock_with_payment(payment_id)
    if payment.status in Payment.DECIDED or payment.received or booking.is_payable(now):
        raise refusals.PaymentWasTaken()
    if payment.status in Payment.UNDECIDED:
        _cancel_payment(booking, payment, now)
    return booking


def _cancel_payment(booking, payment, now):
    """Cancel a locked payment that has received nothing, and end its PENDING booking."""
    payment_records.cancel_payment(payment, now)
    if booking.status == Booking.Status.PENDING:
        _end_unpaid(booking, now)


@transaction.atomic
def drop(*, booking_id, now):
    """Turn a payable booking into FAILED; a late payment is refunded. Raise NotCancellable for any other."""
    booking = _lock(booking_id)
    if not booking.is_payable(now):
        raise refusals.NotCancellable()
    _end_unpaid(booking, now)
    return booking


def expire_overdue(now):
    """Turn overdue bookings into EXPIRED ones. Return how many there were."""
    return Booking.objects.overdue(now).update(status=Booking.Status.EXPIRED)


@transaction.atomic
def cancel(*, booking_id, quote_of, now, reason):
    """Cancel a CONFIRMED booking and void its tickets. Return (booking, owed Refund or None).

    `quote_of(booking)` returns (amount to refund in minor units, its percentage). Raise NotCancellable.
    """
    booking = _lock(booking_id)
    if booking.status != Booking.Status.CONFIRMED or booking.showtime.start_time <= now:
        raise refusals.NotCancellable()
    amount, percent = quote_of(booking)
    payment = _cancel(booking, now, refund_percent=percent)
    refund = None
    if amount:
        refund = payment_records.request_refund(payment_id=payment.pk, amount=amount, reason=reason, now=now)
    emails.owe(BookingEmail.Kind.CANCELLATION, booking=booking, now=now)
    return booking, refund


@transaction.atomic
def cancel_for_cinema(*, booking_id, now, reason):
    """Cancel a CONFIRMED booking whatever the refund rules and the time. Return (booking, Refund or None).

    The refund is all that is left; None if that is nothing or disputed. Raise NotCancellable.
    """
    booking = _lock(booking_id)
    if booking.status != Booking.Status.CONFIRMED:
        raise refusals.NotCancellable()
    payment = _cancel(booking, now)
    refund = payment and payment_records.request_full_refund(payment_id=payment.pk, reason=reason, now=now)
    emails.owe(BookingEmail.Kind.CINEMA_CANCELLATION, booking=booking, now=now)
    return booking, refund


def _cancel(booking, now, **fields):
    """Cancel a locked booking and void its tickets. Return the payment that bought them, or None."""
    _move(booking, Booking.Status.CANCELLED, cancelled_at=now, **fields)
    booking.seat_change = tickets.void(booking, now=now)
    return booking.payments.filter(status=Payment.Status.SUCCEEDED).first()


@transaction.atomic
def cancel_sales(*, showtime_id, now):
    """Mark the showtime as cancelled and fail its payable bookings. Return these bookings."""
    showtime = _lock_showtime(showtime_id)
    if not showtime.cancelled_at:
        showtime.cancelled_at = now
        showtime.save(update_fields=["cancelled_at"])
    waiting = lock_all(showtime.bookings.payable(now), busy=refusals.Busy)
    for booking in waiting:
        _end_unpaid(booking, now)
    return waiting
