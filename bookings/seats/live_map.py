"""What is free at a showtime, for one viewer: the live map where Redis answers, SQL where it does not."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock

from cachetools import TTLCache
from django.conf import settings

from theaters.layout import SEAT_CLASSES, Layout
from theaters.models import Showtime

from .. import pricing
from ..minor_units import payable_step
from ..models import Booking, Ticket
from ..refusals import CompanionAlone, HoldsUnavailable, InvalidSeats, LoneSeat, ShowtimeClosed, refuse_closed
from . import holds

TRIES = 5  # how often a map that is outrun by commits is made again before the visitor is asked to wait
_cached = TTLCache(maxsize=2000, ttl=settings.LIVE_MAP_SECONDS)
_cached_lock = Lock()


@dataclass(frozen=True)
class ShowtimeSnapshot:
    """What a hold must know of its showtime. `codes`: label → seat class, in the hall's order; `layout` is
    the parsed map; `no_lone_seats` says that the theater refuses a choice that leaves one.

    Remembered by this process under `stamp`, which moves in Redis as soon as the showtime is changed.
    """

    showtime_id: int
    start_time: datetime
    codes: dict
    prices: dict
    layout: Layout
    no_lone_seats: bool = False
    cancelled_at: datetime | None = None
    stamp: str = ""
    order: dict = field(default_factory=dict)

    def price_of(self, label) -> Decimal:
        return self.prices[self.codes[label]]

    def price_all_in(self, code):
        """What one seat of that class costs in the end."""
        return self._quote([("", SEAT_CLASSES[code].name, self.prices[code])]).total

    def in_order(self, labels):
        return sorted(labels, key=lambda label: (self.order.get(label, len(self.order)), label))

    def quote(self, labels):
        """The pricing.Quote for these seats, by the settings of today."""
        names = {code: SEAT_CLASSES[code].name for code in self.prices}
        return self._quote(
            [(label, names[self.codes[label]], self.price_of(label)) for label in self.in_order(labels)]
        )

    def _quote(self, priced_seats):
        return pricing.quote(
            priced_seats,
            fee_percent=settings.CONVENIENCE_FEE_PERCENT,
            tax_percent=settings.TAX_PERCENT,
            currency=settings.CURRENCY,
            unit=payable_step(settings.CURRENCY),
        )

    def refuse_closed(self, now):
        refuse_closed(self, now)

    def refuse_invalid(self, labels):
        """Unknown, repeated, none or too many: InvalidSeats names the ones that are wrong."""
        unknown = [label for label in dict.fromkeys(labels) if label not in self.codes]
        wrong = [label for label, times in Counter(labels).items() if times > 1 or label in unknown]
        if wrong or not labels or len(labels) > settings.MAX_SEATS_PER_BOOKING:
            raise InvalidSeats(wrong or labels, unknown=unknown)


@dataclass(frozen=True)
class SeatStatus:
    """Labels in the hall's order. `mine` are the viewer's locks, `pending` those of their PENDING booking."""

    snapshot: ShowtimeSnapshot
    booked: list
    held: list
    mine: list
    pending: list
    hold_expires_at: datetime | None
    degraded: bool = False

    @property
    def free(self):
        """What this viewer could choose: what nobody has, and what they hold themselves."""
        return self.snapshot.codes.keys() - {*self.booked, *self.held, *self.pending}

    @property
    def left(self):
        """Whether this viewer has "some" seats to choose or to pay; or none, since others hold the last ones
        ("held"), or since all are sold ("none").
        """
        if self.free or self.pending:
            return "some"
        return "held" if self.held else "none"

    @property
    def available(self):
        return len(self.snapshot.codes) - len(self.booked) - len(self.held)


def snapshot_of(showtime):
    """The ShowtimeSnapshot of a Showtime that was just read (`for_seat_map`)."""
    seats = showtime.screen.seating.seats
    return ShowtimeSnapshot(
        showtime_id=showtime.pk,
        start_time=showtime.start_time,
        codes={label: seat.code for label, seat in seats.items()},
        prices=showtime.class_prices,
        layout=showtime.screen.seating,
        no_lone_seats=showtime.screen.theater.no_lone_seats,
        cancelled_at=showtime.cancelled_at,
        order={label: number for number, label in enumerate(seats)},
    )


def with_live_map(showtime_id, call, *, now):
    """Return `call(snapshot)`, called again with a newer snapshot or map while Redis says they are stale.

    Raises Showtime.DoesNotExist; HoldsUnavailable when Redis does not answer or commits outrun every try.
    """
    snapshot, is_new = _remembered(showtime_id)
    for _ in range(TRIES):
        try:
            return call(snapshot)
        except holds.SnapshotIsStale as stale:
            snapshot, is_new = _read(showtime_id, stale.stamp), True
        except holds.MapIsCold as cold:
            holds.fill(showtime_id, stamp=cold.stamp, entries=_entries(showtime_id, now), now=now)
        except (ShowtimeClosed, InvalidSeats, LoneSeat, CompanionAlone):
            if is_new:
                raise
            snapshot, is_new = _read(showtime_id, snapshot.stamp), True  # refuse nobody by what may be old
    raise HoldsUnavailable()


def require_showtime(showtime_id):
    """Raise Showtime.DoesNotExist for a showtime that there is not; no SQL when its snapshot are warm."""
    _remembered(showtime_id)


def seat_status(showtime_id, *, user_id, now):
    """The SeatStatus for that viewer (None: anybody). Raises Showtime.DoesNotExist."""

    def look(snapshot):
        live = holds.view(showtime_id, now=now)
        if live.snapshot_stamp != snapshot.stamp:
            raise holds.SnapshotIsStale(live.snapshot_stamp)
        return _status(snapshot, live, user_id)

    try:
        return with_live_map(showtime_id, look, now=now)
    except HoldsUnavailable:
        return _status_from_sql(_read(showtime_id, ""), user_id, now)


def _status(snapshot, live, user_id, *, degraded=False):
    live, viewer = _in_the_hall(snapshot, live), str(user_id)
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


def _in_the_hall(snapshot, live):
    """The live map without seats that were held in a hall which has since been given another layout."""
    codes = snapshot.codes
    return replace(
        live,
        tickets=live.tickets & codes.keys(),
        pending={label: lock for label, lock in live.pending.items() if label in codes},
        locks={label: lock for label, lock in live.locks.items() if label in codes},
    )


def _status_from_sql(snapshot, user_id, now):
    tickets = frozenset(_sold(snapshot.showtime_id))
    pending = {
        label: holds.Lock(holds.booking(reference, owner_id), expires_at)
        for reference, owner_id, seats, expires_at in _pending(snapshot.showtime_id, now)
        for label in seats
    }
    return _status(snapshot, holds.LiveMap("", tickets, pending, {}), user_id, degraded=True)


def _remembered(showtime_id):
    with _cached_lock:
        known = _cached.get((settings.REDIS_KEY_PREFIX, showtime_id))
    return (known, False) if known else (_read(showtime_id, ""), True)


def _read(showtime_id, stamp):
    """The snapshot from SQL. The stamp was read before, so snapshot older than their stamp can't be kept."""
    read = snapshot_of(Showtime.objects.for_seat_map().get(pk=showtime_id))
    snapshot = replace(read, stamp=stamp)
    if stamp:
        with _cached_lock:
            _cached[settings.REDIS_KEY_PREFIX, showtime_id] = snapshot
    return snapshot


def _entries(showtime_id, now):
    """The map that Redis keeps of what SQL says."""
    entries = {
        label: holds.pending_entry(reference, user_id, expires_at)
        for reference, user_id, seats, expires_at in _pending(showtime_id, now)
        for label in seats
    }
    return entries | dict.fromkeys(_sold(showtime_id), holds.TICKET)


def _sold(showtime_id):
    return Ticket.objects.valid().filter(showtime_id=showtime_id).values_list("seat", flat=True)


def _pending(showtime_id, now):
    live = Booking.objects.payable(now).filter(showtime_id=showtime_id)
    return live.values_list("reference", "user_id", "seats", "expires_at")
