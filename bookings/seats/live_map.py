"""The seats of a showtime as one viewer sees them: from the live map, or from SQL while Redis is down."""

from dataclasses import dataclass, replace
from datetime import datetime

from ..models import Booking, Ticket
from ..refusals import CompanionAlone, HoldsUnavailable, InvalidSeats, LoneSeat, ShowtimeClosed
from . import holds
from .scripts import MapIsCold, SnapshotIsStale
from .showtime_snapshot import ShowtimeSnapshot, cached_snapshot, read_snapshot

TRIES = 5  # how often to build a map that commits outrun before the visitor is asked to wait


@dataclass(frozen=True)
class SeatStatus:
    """Labels in reading order. `mine` are the viewer's locks, `pending` those of their PENDING booking."""

    snapshot: ShowtimeSnapshot
    booked: list
    held: list
    mine: list
    pending: list
    hold_expires_at: datetime | None
    degraded: bool = False

    @property
    def free(self):
        """Return the set of labels that this viewer can choose, those that they hold included."""
        return self.snapshot.layout.seats.keys() - {*self.booked, *self.held, *self.pending}

    @property
    def left(self):
        """Return "some" if this viewer has seats to choose or to pay, "held" if others hold the last ones,
        "none" if all are sold.
        """
        if self.free or self.pending:
            return "some"
        return "held" if self.held else "none"

    @property
    def available(self):
        """Return the number of seats that are neither sold nor held by others."""
        return len(self.snapshot.layout.seats) - len(self.booked) - len(self.held)


def with_live_map(showtime_id, call, *, now):
    """Return `call(snapshot)`, called again with a newer snapshot or map while Redis says they are stale.

    Raise Showtime.DoesNotExist; HoldsUnavailable when Redis does not answer or commits outrun every try.
    """
    snapshot = cached_snapshot(showtime_id)
    may_be_old = snapshot is not None
    snapshot = snapshot or read_snapshot(showtime_id)
    for _ in range(TRIES):
        try:
            return call(snapshot)
        except SnapshotIsStale as stale:
            snapshot, may_be_old = read_snapshot(showtime_id, stale.stamp), False
        except MapIsCold as cold:
            holds.fill(showtime_id, stamp=cold.stamp, entries=_map_entries(showtime_id, now), now=now)
        except (ShowtimeClosed, InvalidSeats, LoneSeat, CompanionAlone):  # never refuse by an old snapshot
            if not may_be_old:
                raise
            snapshot, may_be_old = (
                read_snapshot(showtime_id, snapshot.stamp),
                False,
            )
    raise HoldsUnavailable()


def require_showtime(showtime_id):
    """Raise Showtime.DoesNotExist if there is no such showtime; no SQL while its snapshot is cached."""
    if cached_snapshot(showtime_id) is None:
        read_snapshot(showtime_id)


def seat_status(showtime_id, *, user_id, now):
    """Return the SeatStatus for that viewer (None: anybody). Raise Showtime.DoesNotExist."""

    def look(snapshot):
        live = holds.view(showtime_id, now=now)
        if live.snapshot_stamp != snapshot.stamp:
            raise SnapshotIsStale(live.snapshot_stamp)
        return _status(snapshot, live, user_id)

    try:
        return with_live_map(showtime_id, look, now=now)
    except HoldsUnavailable:
        return _status_from_sql(read_snapshot(showtime_id), user_id, now)


def _status(snapshot, live, user_id, *, degraded=False):
    live, viewer = _without_removed_seats(snapshot, live), str(user_id)
    pending = {label for label, lock in live.pending.items() if holds.user_of(lock.owner) == viewer}
    locks = {label: lock for label, lock in live.locks.items() if label not in live.tickets}
    own = {label for label, lock in locks.items() if holds.user_of(lock.owner) == viewer}
    own -= live.pending.keys() - pending  # locked, but a Redis that lost its keys let another book it
    mine = {label for label in own if locks[label].owner == holds.visitor(user_id)} - pending
    others = (live.pending.keys() | locks.keys()) - pending - own
    until = {locks[label].deadline for label in mine} or {live.pending[label].deadline for label in pending}
    return SeatStatus(
        snapshot=snapshot,
        booked=snapshot.in_order(live.tickets),
        held=snapshot.in_order(others - live.tickets),
        mine=snapshot.in_order(mine),
        pending=snapshot.in_order((pending | own) - mine - live.tickets),
        hold_expires_at=min(until, default=None),
        degraded=degraded,
    )


def _without_removed_seats(snapshot, live):
    """Return the live map without seats that the screen's layout no longer has."""
    seats = snapshot.layout.seats
    return replace(
        live,
        tickets=live.tickets & seats.keys(),
        pending={label: lock for label, lock in live.pending.items() if label in seats},
        locks={label: lock for label, lock in live.locks.items() if label in seats},
    )


def _status_from_sql(snapshot, user_id, now):
    tickets = frozenset(_sold_seats(snapshot.showtime_id))
    pending = {
        label: holds.Lock(holds.booking(reference, owner_id), expires_at)
        for reference, owner_id, seats, expires_at in _payable_bookings(snapshot.showtime_id, now)
        for label in seats
    }
    return _status(snapshot, holds.LiveMap("", tickets, pending, {}), user_id, degraded=True)


def _map_entries(showtime_id, now):
    """Return what SQL says of the seats, as Redis keeps it: label → entry."""
    entries = {
        label: holds.pending_entry(reference, user_id, expires_at)
        for reference, user_id, seats, expires_at in _payable_bookings(showtime_id, now)
        for label in seats
    }
    return entries | dict.fromkeys(_sold_seats(showtime_id), holds.TICKET)


def _sold_seats(showtime_id):
    return Ticket.objects.valid().filter(showtime_id=showtime_id).values_list("seat", flat=True)


def _payable_bookings(showtime_id, now):
    payable = Booking.objects.payable(now).filter(showtime_id=showtime_id)
    return payable.values_list("reference", "user_id", "seats", "expires_at")
