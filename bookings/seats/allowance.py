"""How many seats a visitor, and the new accounts of one address, may hold at once, whatever the showtime.

Both totals are in Redis, in slots of their own, so no script can count a seat and lock it in one step. Seats
are reserved here first and locked then; what turns out to be too much is given back. A crash in between
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
    """Redis knows this visitor no longer, or not yet: their PENDING bookings are in SQL alone."""


class _Full(Exception):
    """`until` is when there will be room; None when there never will be."""

    def __init__(self, until):
        super().__init__(until)
        self.until = until


@contextmanager
def reserved(*, user, address, showtime_id, seats, now):
    """Reserve room for a selection that replaces the visitor's own for the showtime, and take its name.

    Raise TooManyHeld or HoldsUnavailable. A refusal inside gives the room back. A Redis that fell silent may
    have locked the seats all the same, so that the room stays reserved.
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
        give_back(user_id=user.pk, name=name, now=now)
        raise


def settle(*, user, address, reservation, seats, taken, now):
    """The selection is locked: give back the one that it replaced, and the time that the ceiling cut off."""
    give_back(user_id=user.pk, name=taken.replaced, now=now)
    cut = now + timedelta(seconds=settings.SEAT_HOLD_SECONDS) - taken.deadline
    if reservation and cut >= timedelta(seconds=1):
        with suppress(HoldsUnavailable):
            _reserve(user, address, reservation, len(seats), taken.deadline, now, is_limited=False)


def reserve_booking(*, user, address, reference, seats, expires_at, now):
    """Count a PENDING booking until it ends. It is not limited: its seats are held already."""
    if settings.THROTTLES:
        _reserve(user, address, _booking(reference), len(seats), expires_at, now, is_limited=False)


def end_booking(*, user_id, reference, now):
    """The booking has ended, whatever became of it."""
    if settings.THROTTLES:
        give_back(user_id=user_id, name=_booking(reference), now=now)


def give_back(*, user_id, name, now):
    """Count a reservation no longer. A Redis that is away lets it lapse at its deadline."""
    if not name:
        return
    with suppress(HoldsUnavailable):
        address = _give_back(holds.visitor(user_id), name, now)
        if address:
            _give_back(_address(address), f"{user_id}:{name}", now)


def _reserve(user, address, name, count, until, now, *, is_limited):
    """For the visitor first, then for the address that their new account shares with others."""
    shared = _shared(user, address, now)
    limit, limit_here = (
        (settings.MAX_HELD_SEATS, settings.MAX_HELD_SEATS_PER_ADDRESS) if is_limited else (0, 0)
    )
    try:
        _reserve_for_visitor(user, name, count, until, limit, shared, now)
    except _Full as full:
        raise TooManyHeld(full.until and full.until - now) from full
    if not shared:
        return
    try:
        _ask(_address(shared), f"{user.pk}:{name}", count, until, limit_here, now=now)
    except _Full as full:
        give_back(user_id=user.pk, name=name, now=now)
        raise TooManyHeldFromAddress(full.until and full.until - now) from full


def _reserve_for_visitor(user, name, count, until, limit, shared, now):
    wanted = (holds.visitor(user.pk), name, count, until, limit)
    try:
        _ask(*wanted, address=shared, bookings=None, now=now)
    except _BookingsAreUnknown:
        pending = Booking.objects.payable(now).of(user).values_list("reference", "seats", "expires_at")
        bookings = [(_booking(reference), len(seats), end) for reference, seats, end in pending]
        _ask(*wanted, address=shared, bookings=bookings, now=now)


def _ask(account, name, count, until, limit, *, now, address="", bookings=()):
    """Reserve. `bookings` are PENDING ones, to be counted too; None asks whether they are known."""
    told = "ask" if bookings is None else "told"
    flat = [part for name, seats, end in bookings or () for part in (name, seats, to_ms(end))]
    reply = run_script("reserve", account, now, name, count, to_ms(until), limit, address, told, *flat)
    if reply[0] == "unknown":
        raise _BookingsAreUnknown()
    if reply[0] == "full":
        raise _Full(from_ms(reply[1]) if reply[1] != "never" else None)


def _give_back(account, name, now):
    """The address that the reservation was made with, or nothing."""
    return run_script("give_back", account, now, name)[1]


def _shared(user, address, now):
    """The address by which a new account is counted; empty for any other, and where none is known.

    A household has one address of IPv4 and a network of IPv6, so a /64 counts as one.
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
