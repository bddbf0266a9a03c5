"""The only writer of Booking.status and of Payment.status, and the only row locks. No network, no Redis here.

Every function is one transaction and safe to call twice. Where rows are locked it is the showtime's first,
then the booking's, always before anything is read that a decision hangs on. Raises Busy for a locked row.
"""

from django.db import transaction

from moviebooking.row_locks import lock, lock_all
from theaters.models import Showtime

from . import emails, event_records, payment_records, tickets
from .models import Booking, BookingEmail, Payment
from .refusals import (
    BookingWaiting,
    Busy,
    NotCancellable,
    PaymentInQuestion,
    PaymentWasTaken,
    SeatsUnavailable,
    TooLate,
    refuse_cancelled,
    refuse_closed,
)

Status = Booking.Status


def _lock_showtime(showtime_id):
    return lock(Showtime.objects, showtime_id, busy=Busy)


def _lock(booking_id):
    """The booking as it is now, with its showtime's row and its own locked until the transaction ends."""
    _lock_showtime(Booking.objects.values_list("showtime_id", flat=True).get(pk=booking_id))
    return lock(Booking.objects, booking_id, busy=Busy)


def _lock_with_payment(payment_id):
    """(booking, payment) as they are now, locked until the transaction ends."""
    booking = _lock(Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id))
    return booking, payment_records.lock_payment(payment_id)


def _move(booking, status, **fields):
    """Write one step along Booking.MOVES, for a locked booking. Raise ValueError for any other step.

    update() sends no signal, so the live map is refreshed once, by the caller, and not here too.
    """
    if status not in Booking.MOVES[Status(booking.status)]:
        raise ValueError(f"{booking}: {booking.status} never becomes {status}")
    fields["status"] = status
    Booking.objects.filter(pk=booking.pk).update(**fields)
    for name, value in fields.items():
        setattr(booking, name, value)


@transaction.atomic
def create_pending(*, reference, user, showtime_id, seats, quote, refund_tiers, expires_at, now):
    """The PENDING booking, if SQL too says that the seats are free.

    Raises ShowtimeClosed, BookingWaiting or SeatsUnavailable.
    """
    showtime = _lock_showtime(showtime_id)
    refuse_closed(showtime, now)
    refuse_second_pending(user=user, showtime_id=showtime_id, now=now)
    if taken := tickets.unavailable(showtime, seats, now):
        raise SeatsUnavailable(taken)
    booking = Booking(
        reference=reference,
        user=user,
        showtime=showtime,
        seats=seats,
        seats_amount=quote.seats,
        fee_amount=quote.fee,
        tax_amount=quote.tax,
        total_amount=quote.total,
        currency=quote.currency,
        quote_lines=quote.as_json(),
        refund_tiers=refund_tiers,
        created_at=now,
        expires_at=expires_at,
    )
    return Booking.objects.bulk_create([booking])[0]  # which sends no signal, see _move


def refuse_second_pending(*, user, showtime_id, now):
    """Raise BookingWaiting while this visitor has a live PENDING booking for the showtime."""
    waiting = Booking.objects.payable(now).of(user).filter(showtime_id=showtime_id).first()
    if waiting:
        raise BookingWaiting(waiting)


@transaction.atomic
def open_payment(*, booking_id, provider, amount, now):
    """The booking's one open Payment, made if there is none. Raises TooLate, or PaymentInQuestion."""
    booking = _lock(booking_id)
    if not booking.is_payable(now):
        raise TooLate()
    if booking.payments.filter(status=Payment.Status.MISMATCH).exists():
        raise PaymentInQuestion()
    payment = booking.payments.filter(status=Payment.Status.OPEN).first()
    return payment or payment_records.open_payment(booking=booking, provider=provider, amount=amount, now=now)


@transaction.atomic
def confirm(*, payment_id, now, late=False, event=None):
    """Give the booking of a succeeded payment its tickets, once.

    `late` says that the seats' locks were taken again for a booking that is past its deadline. Raises
    TooLate or ShowtimeClosed where the booking can't be confirmed any more, and SeatsUnavailable where a
    seat is gone; nothing is changed then.
    """
    booking, payment = _lock_with_payment(payment_id)
    event_records.record_event(event)
    if payment.status in Payment.DECIDED:
        return booking
    if booking.status not in (Status.PENDING, Status.EXPIRED) or not (late or booking.is_payable(now)):
        raise TooLate()
    refuse_closed(booking.showtime, now) if late else refuse_cancelled(booking.showtime)
    if payment_records.refunded_or_owed(payment):  # given back before it was settled, it buys nothing
        raise TooLate()
    if gone := tickets.lost(booking, now, late=late):
        raise SeatsUnavailable(gone)
    tickets.issue(booking)
    _move(booking, Status.CONFIRMED, confirmed_at=now)
    payment_records.record_receipt(payment, Payment.Status.SUCCEEDED, now)
    emails.owe(BookingEmail.Kind.CONFIRMATION, booking=booking, now=now)
    return booking


@transaction.atomic
def owe_refund(*, payment_id, reason, now, event=None):
    """Write down that a payment without seats goes back in full. Gives the Refund, or None if there is
    nothing left to go back, or it has bought its tickets after all.
    """
    booking, payment = _lock_with_payment(payment_id)
    event_records.record_event(event)
    if payment.status in Payment.DECIDED:
        return None
    payment_records.record_receipt(payment, Payment.Status.REFUND_DUE, now)
    if booking.status_at(now) == Status.EXPIRED and booking.status == Status.PENDING:
        _move(booking, Status.EXPIRED)
    refund = payment_records.request_full_refund(payment_id=payment.pk, reason=reason, now=now)
    if refund:
        emails.owe(BookingEmail.Kind.REFUND_NOTICE, booking=booking, refund=refund, now=now)
    return refund


@transaction.atomic
def fail_payment(*, payment_id, now, event=None):
    """It failed for good: a live booking is FAILED, an overdue one EXPIRED. What has received money stays."""
    event_records.record_event(event)
    booking, payment = _lock_with_payment(payment_id)
    if payment.status in Payment.UNDECIDED and not payment.received:
        _withdraw(booking, payment, now)
    return booking


@transaction.atomic
def close_unpaid(*, payment_id, now):
    """Staff knows that nothing was ever taken; money that comes later is settled like any other.

    Raise PaymentWasTaken where money has been received, or still can be.
    """
    booking, payment = _lock_with_payment(payment_id)
    if payment.status in Payment.DECIDED or payment.received or booking.is_payable(now):
        raise PaymentWasTaken()
    if payment.status in Payment.UNDECIDED:
        _withdraw(booking, payment, now)
    return booking


def _withdraw(booking, payment, now):
    """CANCELED, for a locked payment that has received nothing; its booking ends with it."""
    payment_records.cancel_payment(payment, now)
    if booking.status == Status.PENDING:
        _move(booking, Status.FAILED if booking.is_payable(now) else Status.EXPIRED)


@transaction.atomic
def drop(*, booking_id, now):
    """The visitor lets a PENDING booking go: FAILED, so that a payment that still arrives is given back.

    Raises NotCancellable for anything but a live PENDING booking.
    """
    booking = _lock(booking_id)
    if not booking.is_payable(now):
        raise NotCancellable()
    _move(booking, Status.FAILED)
    return booking


def expire_overdue(now):
    """PENDING past its deadline becomes EXPIRED. Gives how many did."""
    return Booking.objects.overdue(now).update(status=Status.EXPIRED)


@transaction.atomic
def cancel(*, booking_id, quote_of, now, reason):
    """CONFIRMED becomes CANCELLED: void tickets, free seats, and the Refund that is owed, or None.

    `quote_of(booking)` gives what goes back in minor units, and its percent. Raises NotCancellable.
    """
    booking = _lock(booking_id)
    if booking.status != Status.CONFIRMED or booking.showtime.start_time <= now:
        raise NotCancellable()
    amount, percent = quote_of(booking)
    payment, refund = _give_up(booking, now, refund_percent=percent), None
    if amount:
        refund = payment_records.request_refund(payment_id=payment.pk, amount=amount, reason=reason, now=now)
    emails.owe(BookingEmail.Kind.CANCELLATION, booking=booking, now=now)
    return booking, refund


@transaction.atomic
def cancel_for_cinema(*, booking_id, now, reason):
    """CONFIRMED becomes CANCELLED, whatever rules and clock say, and all that is left of the money goes back.

    Gives the booking and the Refund, None where nothing is left or a bank decides. Raises NotCancellable.
    """
    booking = _lock(booking_id)
    if booking.status != Status.CONFIRMED:
        raise NotCancellable()
    payment = _give_up(booking, now)
    refund = payment and payment_records.request_full_refund(payment_id=payment.pk, reason=reason, now=now)
    emails.owe(BookingEmail.Kind.CINEMA_CANCELLATION, booking=booking, now=now)
    return booking, refund


def _give_up(booking, now, **promise):
    """Void the locked booking's tickets. Gives the payment that had bought them."""
    _move(booking, Status.CANCELLED, cancelled_at=now, **promise)
    tickets.void(booking, now=now)
    return booking.payments.filter(status=Payment.Status.SUCCEEDED).first()


@transaction.atomic
def cancel_sales(*, showtime_id, now):
    """Mark the showtime cancelled, so that nothing is sold for it, and give up what is unpaid. Gives the
    bookings that were waiting for payment.
    """
    showtime = _lock_showtime(showtime_id)
    if not showtime.cancelled_at:
        showtime.cancelled_at = now
        showtime.save(update_fields=["cancelled_at"])
    waiting = lock_all(Booking.objects.payable(now).filter(showtime=showtime), busy=Busy)
    for booking in waiting:
        _move(booking, Status.FAILED)
    return waiting
