"""Turn chosen seats into a PENDING booking, in Redis and SQL. `settlement` does the rest once money arrives.

No row lock is held while Redis is called.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from time import sleep

from django.conf import settings
from django.db import DatabaseError

from theaters.models import Showtime

from . import lifecycle, pricing
from .models import Booking
from .references import new_reference
from .refusals import (
    BookingRefused,
    CompanionAlone,
    HoldLapsed,
    HoldsUnavailable,
    LoneSeat,
    PriceChanged,
    SeatsUnavailable,
    SelectionChanged,
)
from .seats import allowance, holds, live_map, seating_rules
from .seats.locks import drop_map, free_locks, tell_map
from .seats.showtime_snapshot import snapshot_of

DOUBLE_SUBMIT_TRIES, DOUBLE_SUBMIT_WAIT = 20, 0.05


@dataclass(frozen=True)
class Held:
    """The seats of a hold, in reading order, its deadline, and their total with fee and tax."""

    seats: list
    expires_at: datetime
    total: Decimal


def hold_seats(*, user, address, showtime_id, seats, now):
    """Hold these seats for the visitor at that client address, in place of any they held before. Return Held.

    Raise InvalidSeats, ShowtimeClosed, SeatsUnavailable, CompanionAlone, LoneSeat, HoldPaused, TooManyHeld
    or TooManyHeldFromAddress (then nothing has changed), HoldsUnavailable, Showtime.DoesNotExist.
    """

    def take(snapshot):
        snapshot.refuse_closed(now)
        snapshot.refuse_invalid(seats)
        _refuse_by_house_rules(snapshot, seats, user.pk, now)
        claim = {"user": user, "address": address, "seats": seats, "now": now}
        with allowance.reserved(**claim, showtime_id=showtime_id) as reservation:
            taken = holds.take(
                showtime_id,
                owner=holds.visitor(user.pk),
                seats=seats,
                snapshot_stamp=snapshot.stamp,
                now=now,
                seconds=settings.SEAT_HOLD_SECONDS,
                ceiling_seconds=settings.SEAT_HOLD_CEILING_SECONDS,
                pause_seconds=settings.SEAT_HOLD_PAUSE_SECONDS if settings.THROTTLES else 0,
                reservation=reservation,
            )
        allowance.adjust_to_hold(**claim, reservation=reservation, taken=taken)
        return Held(snapshot.in_order(seats), taken.deadline, snapshot.quote(seats).total)

    return live_map.with_live_map(showtime_id, take, now=now)


def _refuse_by_house_rules(snapshot, seats, user_id, now):
    """Raise CompanionAlone for a companion seat without its wheelchair space, and LoneSeat if the theater
    refuses selections that leave one.

    These rules are checked when seats are held, not again at booking.
    """
    if alone := seating_rules.companions_alone(snapshot.layout, set(seats)):
        raise CompanionAlone(alone)
    if not snapshot.no_lone_seats:
        return
    free = live_map.seat_status(snapshot.showtime_id, user_id=user_id, now=now).free
    if not free.issuperset(seats):
        return
    if lone := seating_rules.check_lone_seats(snapshot.layout, free, set(seats)):
        raise LoneSeat(snapshot.in_order(lone.left), snapshot.in_order(lone.instead))


def release_seats(*, user_id, showtime_id, now):
    """Release the visitor's hold for the showtime. The seats of a PENDING booking stay locked.

    Raise HoldsUnavailable, Showtime.DoesNotExist.
    """
    live_map.require_showtime(showtime_id)
    reservation = holds.release(showtime_id, owner=holds.visitor(user_id), now=now)
    allowance.cancel_reservation(user_id=user_id, name=reservation, now=now)


def start_booking(*, user, address, showtime_id, seats, selected, quoted_total, now):
    """Create and return the PENDING booking of the seats that this visitor selected and holds.

    `selected` is what the session remembers, `quoted_total` the total that the visitor agreed to, or None.
    The locks pass to the booking and are renewed for the whole time to pay. Raise BookingRefused.
    """
    snapshot = snapshot_of(Showtime.objects.for_snapshot().get(pk=showtime_id))
    snapshot.refuse_closed(now)
    snapshot.refuse_invalid(seats)
    if set(seats) != set(selected):
        lifecycle.refuse_second_pending(user=user, showtime_id=showtime_id, now=now)
        _refuse_lost_hold(showtime_id, seats, selected, user, now)
        raise SelectionChanged([seat for seat in seats if seat not in selected])
    quote = snapshot.quote(seats)
    if quoted_total is not None and quoted_total != quote.total:
        raise PriceChanged()
    reference = new_reference()
    seats = snapshot.in_order(seats)
    passed = _pass_locks(user, address, showtime_id, reference, seats, now)
    try:
        booking = lifecycle.create_pending(
            reference=reference,
            user=user,
            showtime_id=showtime_id,
            seats=seats,
            quote=quote,
            refund_tiers=pricing.parse_tiers(settings.REFUND_TIERS),
            expires_at=passed.deadline,
            now=now,
        )
    except (BookingRefused, DatabaseError) as error:
        if isinstance(error, SeatsUnavailable | DatabaseError):  # the map was wrong; the commit may be done
            drop_map(showtime_id, now)
        _return_locks(user, showtime_id, reference, seats, passed, now)
        raise
    tell_map(booking, now)
    allowance.cancel_reservation(user_id=user.pk, name=passed.replaced, now=now)
    return booking


def _refuse_lost_hold(showtime_id, seats, selected, user, now):
    """Raise HoldsUnavailable or HoldLapsed where Redis is down or has lost the selection with its locks.

    Then it was not the visitor who changed the selection.
    """
    status = live_map.seat_status(showtime_id, user_id=user.pk, now=now)
    if status.degraded:
        raise HoldsUnavailable()
    if not selected and not status.mine:
        raise HoldLapsed(seats)


def _pass_locks(user, address, showtime_id, reference, seats, now):
    """Pass the visitor's locks to the booking for the whole time to pay. Return holds.Taken."""
    deadline = now + timedelta(seconds=settings.SEAT_HOLD_SECONDS)
    try:
        allowance.reserve_booking(
            user=user, address=address, reference=reference, seats=seats, expires_at=deadline, now=now
        )
        return holds.pass_on(
            showtime_id,
            from_owner=holds.visitor(user.pk),
            to_owner=holds.booking(reference, user.pk),
            seats=seats,
            deadline=deadline,
            now=now,
        )
    except SeatsUnavailable as lost:
        allowance.end_booking(user_id=user.pk, reference=reference, now=now)
        _refuse_double_submit(user, showtime_id, now)
        raise HoldLapsed(lost.seats) from lost
    except BookingRefused:
        # A visitor who has a booking to pay is better off being led to it.
        lifecycle.refuse_second_pending(user=user, showtime_id=showtime_id, now=now)
        raise


def _refuse_double_submit(user, showtime_id, now):
    """Raise BookingWaiting if the same form was sent twice and the other request has the locks.

    Its booking may not be committed yet, so look for it repeatedly.
    """
    for _ in range(DOUBLE_SUBMIT_TRIES):
        lifecycle.refuse_second_pending(user=user, showtime_id=showtime_id, now=now)
        if not live_map.seat_status(showtime_id, user_id=user.pk, now=now).pending:
            return
        sleep(DOUBLE_SUBMIT_WAIT)


def _return_locks(user, showtime_id, reference, seats, passed, now):
    """Return the locks of a booking that was not created to the visitor, with their former deadline.

    If that fails, the locks expire at their deadline.
    """
    with suppress(HoldsUnavailable, SeatsUnavailable):
        holds.pass_on(
            showtime_id,
            from_owner=holds.booking(reference, user.pk),
            to_owner=holds.visitor(user.pk),
            seats=seats,
            deadline=passed.former,
            now=now,
            reservation=passed.replaced,
        )
        allowance.end_booking(user_id=user.pk, reference=reference, now=now)


def expire_overdue(*, now):
    """Turn overdue bookings into EXPIRED ones, in one sweep. Return how many there were.

    Their locks have usually expired with them. Free those of a row whose deadline was brought forward by
    hand. Locks that a late payment has taken again stay.
    """
    overdue = list(Booking.objects.overdue(now))
    expired = lifecycle.expire_overdue(now)
    for showtime_id in {booking.showtime_id for booking in overdue}:
        drop_map(showtime_id, now)
    for booking in overdue:
        free_locks(booking, now, late_too=False)
    return expired


def drop_booking(*, booking, now):
    """Drop a payable booking and free its seats at once. Raise NotCancellable."""
    free_locks(lifecycle.drop(booking_id=booking.pk, now=now), now)
