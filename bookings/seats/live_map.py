"""The seats of a showtime as one viewer sees them: from the live map, or from SQL while Redis is down.

One reader builds a cold map, while the others wait for it briefly. Commits that come meanwhile are neither
lost nor in the way (decision 0071).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from threading import Lock
from time import sleep

from cachetools import TTLCache
from django.conf import settings

from ..refusals import CompanionAlone, HoldsUnavailable, InvalidSeats, LoneSeat, ShowtimeClosed
from . import holds
from .scripts import MapIsCold, SnapshotIsStale, to_ms
from .showtime_snapshot import ShowtimeSnapshot, cached_snapshot, read_snapshot
from .sql_claims import claims_in_sql

TRIES = 5  # how often a snapshot is read or a map is built before the visitor is asked to wait
WAITS = (0.01, 0.02, 0.04, 0.08, 0.16)  # seconds between looks at a map that another reader builds

_seen = TTLCache(maxsize=200, ttl=settings.LIVE_MAP_SECONDS)  # pictures, a few kilobytes each
_seen_lock = Lock()


@dataclass(frozen=True)
class SeatStatus:
    """Labels in reading order. `mine` are the viewer's locks, `pending` those of their PENDING booking.

    `may_have_booking` is True if there may be such a booking, even if the layout no longer has its seats.
    """

    snapshot: ShowtimeSnapshot
    booked: list
    held: list
    mine: list
    pending: list
    hold_expires_at: datetime | None
    may_have_booking: bool
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

    Raise Showtime.DoesNotExist; HoldsUnavailable when Redis does not answer or loses every map that is built.
    """
    snapshot = cached_snapshot(showtime_id)
    may_be_old = snapshot is not None
    snapshot = snapshot or read_snapshot(showtime_id)
    waits = iter(WAITS)
    for _ in range(TRIES + len(WAITS)):
        try:
            return call(snapshot)
        except SnapshotIsStale as stale:
            snapshot, may_be_old = read_snapshot(showtime_id, stale.stamp), False
        except MapIsCold as cold:
            _wait_or_build(showtime_id, cold, waits, now)
        except (ShowtimeClosed, InvalidSeats, LoneSeat, CompanionAlone):  # never refuse by an old snapshot
            if not may_be_old:
                raise
            snapshot, may_be_old = (
                read_snapshot(showtime_id, snapshot.stamp),
                False,
            )
    raise HoldsUnavailable()


def _wait_or_build(showtime_id, cold, waits, now):
    """Wait while another reader builds the map. Build it after the last wait: that reader may have died."""
    wait = None if cold.builds else next(waits, None)
    if wait:
        sleep(wait)
        return
    revision, claims = claims_in_sql(showtime_id, now)
    holds.fill(showtime_id, generation=cold.generation, revision=revision, claims=claims, now=now)


def require_showtime(showtime_id):
    """Raise Showtime.DoesNotExist if there is no such showtime; no SQL while its snapshot is cached."""
    if cached_snapshot(showtime_id) is None:
        read_snapshot(showtime_id)


@dataclass(frozen=True)
class Picture:
    """The seats of a showtime at one moment, whoever looks at them."""

    snapshot: ShowtimeSnapshot
    live: holds.LiveMap
    degraded: bool = False

    @property
    def version(self):
        """Return a text that no other picture of this showtime has; "" for one from SQL."""
        if self.degraded:
            return ""
        ends_at = self.live.ends_at
        return f"{self.live.changes}-{self.snapshot.stamp}-{to_ms(ends_at) if ends_at else 0}"

    def status_for(self, user_id):
        """Return the SeatStatus for that viewer (None: anybody)."""
        if str(user_id) in self._users:
            return _status(self.snapshot, self.live, user_id, degraded=self.degraded)
        return self._status_for_others

    @cached_property
    def _users(self):
        """Return the ids of those who have locks or a PENDING booking, as text."""
        claimed = (*self.live.locks.values(), *self.live.pending.values())
        return {holds.user_of(lock.owner) for lock in claimed}

    @cached_property
    def _status_for_others(self):
        return _status(self.snapshot, self.live, None, degraded=self.degraded)


def seat_status(showtime_id, *, user_id, now):
    """Return the SeatStatus for that viewer (None: anybody). Raise Showtime.DoesNotExist."""
    return picture_of(showtime_id, now=now).status_for(user_id)


def picture_of(showtime_id, *, now):
    """Return the showtime's Picture. Raise Showtime.DoesNotExist.

    Redis sends the map only if it has changed since this process last saw it.
    """

    def look(snapshot):
        seen = _last_seen(showtime_id)
        live = holds.view(showtime_id, now=now, known=seen and seen.live)
        if live.snapshot_stamp != snapshot.stamp:
            raise SnapshotIsStale(live.snapshot_stamp)
        if seen and seen.live is live and seen.snapshot is snapshot:
            return seen
        return _remember(Picture(snapshot, live))

    try:
        return with_live_map(showtime_id, look, now=now)
    except HoldsUnavailable:
        _, claims = claims_in_sql(showtime_id, now)
        return Picture(read_snapshot(showtime_id), holds.live_map_of(claims), degraded=True)


def _last_seen(showtime_id):
    with _seen_lock:
        return _seen.get((settings.REDIS_KEY_PREFIX, showtime_id))


def _remember(picture):
    with _seen_lock:
        _seen[settings.REDIS_KEY_PREFIX, picture.snapshot.showtime_id] = picture
    return picture


def _status(snapshot, live, user_id, *, degraded=False):
    viewer, may_have_booking = str(user_id), _is_protected_for(live, user_id)
    live = _without_removed_seats(snapshot, live)
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
        may_have_booking=may_have_booking,
        degraded=degraded,
    )


def _is_protected_for(live, user_id):
    """Return True if any seat is protected by or locked for a booking of that user."""
    owners = {lock.owner for lock in (*live.pending.values(), *live.locks.values())}
    return any(holds.user_of(owner) == str(user_id) for owner in owners - {holds.visitor(user_id)})


def _without_removed_seats(snapshot, live):
    """Return the live map without seats that the screen's layout no longer has."""
    seats = snapshot.layout.seats
    return replace(
        live,
        tickets=live.tickets & seats.keys(),
        pending={label: lock for label, lock in live.pending.items() if label in seats},
        locks={label: lock for label, lock in live.locks.items() if label in seats},
    )
