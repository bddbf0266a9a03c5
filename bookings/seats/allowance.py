"""Limits on the seats held at once, over all showtimes, by a visitor and by the new accounts of an address.

Both totals are kept in Redis under hash slots of their own, so no script can count a seat and lock it in one
step. Reserve seats here first, then lock them, then cancel what was reserved in excess. A crash in between
leaves a total too high until that reservation's deadline, never too low.
"""

import ipaddress
import secrets
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings

from ..models import Booking
from ..refusals import BookingRefused, HoldsUnavailable
from . import holds
from .fairness import TooManyHeld, TooManyHeldFromAddress
from .scripts import MapIsCold, SnapshotIsStale, from_ms, run_script, to_ms

NEW_ACCOUNT = timedelta(days=1)


class _BookingsAreUnknown(Exception):
    """Redis does not know this visitor's PENDING bookings, which only SQL has."""


class _LimitReached(Exception):
    """`until` is when there will be room, or None if never."""

    def __init__(self, until):
        super().__init__(until)
        self.until = until

    def wait(self, now):
        return self.until - now if self.until else None


@contextmanager
def reserved(*, user, address, showtime_id, seats, now):
    """Reserve room for a hold that replaces the visitor's own for the showtime. Yield the reservation's name.

    Raise TooManyHeld, TooManyHeldFromAddress or HoldsUnavailable. A refusal inside the block cancels the
    reservation. HoldsUnavailable does not: Redis may have locked the seats all the same.
    """
    if not settings.THROTTLES:
        yield ""
        return
    name = f"{showtime_id}/{secrets.token_hex(8)}"
    until = now + timedelta(seconds=settings.SEAT_HOLD_SECONDS)
    _reserve(user, address, name, len(seats), until, now, is_limited=True)
    try:
        yield name
    except HoldsUnavailable:
        raise
    except (BookingRefused, MapIsCold, SnapshotIsStale):
        cancel_reservation(user_id=user.pk, name=name, now=now)
        raise


def adjust_to_hold(*, user, address, reservation, seats, taken, now):
    """Cancel the reservation that the new hold replaced, and end its own at the deadline that was granted."""
    cancel_reservation(user_id=user.pk, name=taken.replaced, now=now)
    cut = now + timedelta(seconds=settings.SEAT_HOLD_SECONDS) - taken.deadline
    if reservation and cut >= timedelta(seconds=1):
        with suppress(HoldsUnavailable):
            _reserve(user, address, reservation, len(seats), taken.deadline, now, is_limited=False)


def reserve_booking(*, user, address, reference, seats, expires_at, now):
    """Count a PENDING booking until its deadline. No limit applies, for its seats are held already."""
    if settings.THROTTLES:
        _reserve(user, address, _booking(reference), len(seats), expires_at, now, is_limited=False)


def end_booking(*, user_id, reference, now):
    """Stop counting a booking that has ended in any way."""
    if settings.THROTTLES:
        cancel_reservation(user_id=user_id, name=_booking(reference), now=now)


def cancel_reservation(*, user_id, name, now):
    """Stop counting a reservation. If Redis is down, it lapses at its deadline."""
    if not name:
        return
    with suppress(HoldsUnavailable):
        address = _cancel_reservation(holds.visitor(user_id), name, now)
        if address:
            _cancel_reservation(_address(address), f"{user_id}:{name}", now)


def _reserve(user, address, name, count, until, now, *, is_limited):
    """Reserve for the visitor, then for the address that their new account shares with others."""
    shared = _counted_address(user, address, now)
    limit, limit_here = (
        (settings.MAX_HELD_SEATS, settings.MAX_HELD_SEATS_PER_ADDRESS) if is_limited else (0, 0)
    )
    try:
        _reserve_for_visitor(user, name, count, until, limit, shared, now)
    except _LimitReached as full:
        raise TooManyHeld(full.wait(now)) from full
    if not shared:
        return
    try:
        _run_reserve(_address(shared), f"{user.pk}:{name}", count, until, limit_here, now=now)
    except _LimitReached as full:
        cancel_reservation(user_id=user.pk, name=name, now=now)
        raise TooManyHeldFromAddress(full.wait(now)) from full


def _reserve_for_visitor(user, name, count, until, limit, shared, now):
    wanted = (holds.visitor(user.pk), name, count, until, limit)
    try:
        _run_reserve(*wanted, address=shared, bookings=None, now=now)
    except _BookingsAreUnknown:
        pending = Booking.objects.payable(now).of(user).values_list("reference", "seats", "expires_at")
        bookings = [(_booking(reference), len(seats), end) for reference, seats, end in pending]
        _run_reserve(*wanted, address=shared, bookings=bookings, now=now)


def _run_reserve(account, name, count, until, limit, *, now, address="", bookings=()):
    """Run the script that reserves. `bookings` are PENDING ones to count, too; with None, raise
    _BookingsAreUnknown if Redis does not know them.
    """
    told = "ask" if bookings is None else "told"
    flat = [part for name, seats, end in bookings or () for part in (name, seats, to_ms(end))]
    reply = run_script("reserve", account, now, name, count, to_ms(until), limit, address, told, *flat)
    if reply[0] == "unknown":
        raise _BookingsAreUnknown()
    if reply[0] == "full":
        raise _LimitReached(from_ms(reply[1]) if reply[1] != "never" else None)


def _cancel_reservation(account, name, now):
    """Cancel one reservation. Return the address that it was made with, or an empty string."""
    return run_script("cancel_reservation", account, now, name)[1]


def _counted_address(user, address, now):
    """Return the address under which a new account is counted; "" for older accounts and unknown addresses.

    An IPv6 address counts as its /64, since a household has a network of them.
    """
    if user.date_joined + NEW_ACCOUNT <= now:
        return ""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 6 and known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _booking(reference):
    return f"b:{reference}"


def _address(text):
    return f"a:{text}"
