"""The live map of a showtime in Redis: which seats are locked, by whom and until when.

Plain values only; times are aware datetimes. An owner is `visitor(user_id)`, `booking(reference, user_id)` or
`late(reference, user_id)`. What SQL says (tickets, PENDING bookings) is kept beside the locks as a map that
may be lost at any moment: a call that needs it raises MapIsCold, and `live_map` builds it again. Every call
raises HoldsUnavailable when Redis is down, frozen or full.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from .scripts import from_ms, new_stamp, run_script, to_ms

TICKET = "T"  # the map's entry for a seat that is sold


@dataclass(frozen=True)
class Taken:
    """`replaced` names the reservation of the selection whose locks were replaced, or is empty; `former` is
    the deadline that locks had before they were passed on.
    """

    deadline: datetime
    replaced: str = ""
    former: datetime | None = None


@dataclass(frozen=True)
class Lock:
    owner: str
    deadline: datetime


@dataclass(frozen=True)
class LiveMap:
    """`tickets`: labels that are sold. `pending` (of bookings) and `locks` (of holds): label → Lock."""

    snapshot_stamp: str
    tickets: frozenset[str]
    pending: dict[str, Lock]
    locks: dict[str, Lock]


def visitor(user_id: int) -> str:
    return f"u:{user_id}"


def booking(reference: str, user_id: int) -> str:
    return f"b:{reference}:{user_id}"


def late(reference: str, user_id: int) -> str:
    """The booking's payment that came late. Its locks are apart from the booking's own, so that a sweep that
    frees those leaves these alone.
    """
    return f"l:{reference}:{user_id}"


def user_of(owner: str) -> str:
    """The user id behind an owner, as text."""
    return owner.rpartition(":")[2]


def pending_entry(reference: str, user_id: int, expires_at: datetime) -> str:
    """The map's entry for a seat that a PENDING booking protects."""
    return f"P|{to_ms(expires_at)}|{booking(reference, user_id)}"


def take(
    showtime_id: int,
    *,
    owner: str,
    seats: Iterable[str],
    snapshot_stamp: str,
    now: datetime,
    seconds: int,
    ceiling_seconds: int,
    pause_seconds: int = 0,
    reservation: str = "",
) -> Taken:
    """Lock all the seats for the owner, or none, and free the owner's earlier ones. Return Taken.

    A visitor whose time is used up is refused for `pause_seconds` (0: never). Raise SeatsUnavailable,
    HoldPaused, SnapshotIsStale, MapIsCold or HoldsUnavailable.
    """
    times = (seconds * 1000, ceiling_seconds * 1000, pause_seconds * 1000)
    return _taken(
        run_script(
            "take", _map(showtime_id), now, new_stamp(), snapshot_stamp, owner, *times, reservation, *seats
        )
    )


def pass_on(
    showtime_id: int,
    *,
    from_owner: str,
    to_owner: str,
    seats: Iterable[str],
    deadline: datetime,
    now: datetime,
    reservation: str = "",
) -> Taken:
    """Hand locks from one owner to another until the deadline. Return Taken. Raise SeatsUnavailable for
    those not held.
    """
    return _taken(
        run_script(
            "pass_on", _map(showtime_id), now, from_owner, to_owner, to_ms(deadline), reservation, *seats
        )
    )


def release(showtime_id: int, *, owner: str, now: datetime) -> str:
    """Free the owner's locks. Return the name of their reservation, or an empty string."""
    reservation: str = run_script("release", _map(showtime_id), now, owner)[1]
    return reservation


def finish(
    showtime_id: int,
    *,
    reference: str,
    user_id: int,
    now: datetime,
    paid: bool = False,
    late_too: bool = True,
) -> None:
    """Free the locks of a booking that needs them no longer; with `late_too` those of its late payment.

    Unpaid, it counts towards the pause of its visitor. Paid, it lets the visitor's time start anew.
    """
    owners = [booking(reference, user_id), *([late(reference, user_id)] if late_too else [])]
    run_script("finish", _map(showtime_id), now, visitor(user_id), "paid" if paid else "unpaid", *owners)


def view(showtime_id: int, *, now: datetime) -> LiveMap:
    """The LiveMap. Raises MapIsCold or HoldsUnavailable."""
    _, snapshot_stamp, sold, locks = run_script("view", _map(showtime_id), now, new_stamp())
    entries = dict(zip(sold[::2], sold[1::2], strict=True))
    entries.pop("#", None)
    pending = {label: _pending(entry) for label, entry in entries.items() if entry != TICKET}
    return LiveMap(
        snapshot_stamp=snapshot_stamp,
        tickets=frozenset(entries.keys() - pending.keys()),
        pending={label: lock for label, lock in pending.items() if lock.deadline > now},
        locks={
            label: Lock(owner, from_ms(deadline))
            for label, owner, deadline in zip(locks[::3], locks[1::3], locks[2::3], strict=True)
        },
    )


def fill(showtime_id: int, *, stamp: str, entries: Mapping[str, str], now: datetime) -> bool:
    """Keep a map made from SQL (label → TICKET or `pending_entry`). False when a commit has outrun its
    making.
    """
    flat = [part for pair in entries.items() for part in pair]
    reply = run_script("fill", _map(showtime_id), now, stamp, settings.LIVE_MAP_SECONDS * 1000, *flat)
    return bool(reply[0] == "kept")


def forget(showtime_id: int, *, now: datetime) -> None:
    """To be called after every commit that changed tickets or PENDING bookings."""
    run_script("forget", _map(showtime_id), now, new_stamp())


def touch_snapshot(showtime_id: int, *, now: datetime) -> None:
    """To be called after every commit that changed the showtime, its prices or its screen."""
    run_script("touch", _map(showtime_id), now, new_stamp())


def _map(showtime_id: int) -> str:
    return f"showtime:{showtime_id}"


def _taken(reply: list[Any]) -> Taken:
    _, deadline, replaced, former = [*reply, ""][:4]
    return Taken(from_ms(deadline), replaced, from_ms(former) if former else None)


def _pending(entry: str) -> Lock:
    _, deadline, owner = entry.split("|")
    return Lock(owner, from_ms(deadline))
