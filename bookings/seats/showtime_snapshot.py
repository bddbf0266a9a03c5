"""Snapshots of showtimes: the layout, prices and start that a hold needs, cached in each process.

A snapshot is cached under the stamp that Redis had before the showtime was read from SQL. Any change to the
showtime moves that stamp, so a snapshot older than its stamp is never kept.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock

from cachetools import TTLCache
from django.conf import settings

from moviebooking.currencies import price_unit
from theaters.layout import SEAT_CLASSES, Layout
from theaters.models import Showtime

from .. import pricing
from ..refusals import InvalidSeats, refuse_closed

_cache: TTLCache[tuple[str, int], "ShowtimeSnapshot"] = TTLCache(maxsize=2000, ttl=settings.LIVE_MAP_SECONDS)
_cache_lock = Lock()


@dataclass(frozen=True)
class ShowtimeSnapshot:
    """A showtime's start, layout and prices (seat class → price of one seat), as read under `stamp`.

    `no_lone_seats` says that the theater refuses a selection that leaves a lone seat. `showtime` is the row
    with its movie and place, to be printed and never saved.
    """

    showtime_id: int
    start_time: datetime
    layout: Layout
    prices: dict[str, Decimal]
    no_lone_seats: bool = False
    cancelled_at: datetime | None = None
    showtime: Showtime | None = None
    stamp: str = ""

    def price_of(self, label: str) -> Decimal:
        """Return the price of the seat without fee and tax. Raise KeyError for an unknown seat."""
        return self.prices[self.layout.seats[label].code]

    def in_order(self, labels: Iterable[str]) -> list[str]:
        """Return the labels from the front row to the back, left to right; unknown ones come last."""
        return sorted(labels, key=self._position)

    def quote(self, labels: Iterable[str]) -> pricing.Quote:
        """Return the quote for these seats by today's settings."""
        seats = self.layout.seats
        return pricing.quote(
            [
                (label, SEAT_CLASSES[seats[label].code].name, self.price_of(label))
                for label in self.in_order(labels)
            ],
            fee_percent=settings.CONVENIENCE_FEE_PERCENT,
            tax_percent=settings.TAX_PERCENT,
            currency=settings.CURRENCY,
            unit=price_unit(settings.CURRENCY),
        )

    def refuse_closed(self, now: datetime) -> None:
        """Raise ShowtimeClosed or ShowtimeCancelled where no seat can be had any more."""
        refuse_closed(self, now)

    def refuse_invalid(self, labels: list[str]) -> None:
        """Raise InvalidSeats with the wrong ones if labels are unknown, repeated, missing or too many."""
        unknown = [label for label in dict.fromkeys(labels) if label not in self.layout.seats]
        wrong = [label for label, times in Counter(labels).items() if times > 1 or label in unknown]
        if wrong or not labels or len(labels) > settings.MAX_SEATS_PER_BOOKING:
            raise InvalidSeats(wrong or labels, unknown=unknown)

    def _position(self, label: str) -> tuple[bool, int, str, int]:
        """Return a sort key; rows are lettered A … Z, AA …"""
        seat = self.layout.seats.get(label)
        return (False, len(seat.row), seat.row, seat.number) if seat else (True, 0, label, 0)


def snapshot_of(showtime: Showtime) -> ShowtimeSnapshot:
    """Return the snapshot of a Showtime that was just read with `for_snapshot` or `for_seat_map`."""
    return ShowtimeSnapshot(
        showtime_id=showtime.pk,
        start_time=showtime.start_time,
        layout=showtime.screen.seating,
        prices=showtime.class_prices,
        no_lone_seats=showtime.screen.theater.no_lone_seats,
        cancelled_at=showtime.cancelled_at,
        showtime=showtime,
    )


def cached_snapshot(showtime_id: int) -> ShowtimeSnapshot | None:
    """Return this process's snapshot of the showtime, which may be stale, or None."""
    with _cache_lock:
        return _cache.get((settings.REDIS_KEY_PREFIX, showtime_id))


def read_snapshot(showtime_id: int, stamp: str = "") -> ShowtimeSnapshot:
    """Return a snapshot read from SQL now, and cache it under the stamp, if there is one.

    The caller must have got the stamp from Redis before this call. Raise Showtime.DoesNotExist.
    """
    read = snapshot_of(Showtime.objects.for_seat_map().get(pk=showtime_id))
    snapshot = replace(read, stamp=stamp)
    if stamp:
        with _cache_lock:
            _cache[settings.REDIS_KEY_PREFIX, showtime_id] = snapshot
    return snapshot
