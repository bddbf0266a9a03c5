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

TICKET = "T"  # the map's entry for a sold seat


@dataclass(frozen=True)
class Taken:
    """Locks until `deadline`. `replaced` names the reservation of the hold that these replaced, or is empty;
    `former` is the deadline that locks had before they were passed on.
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
    """Return the owner of a visitor's locks."""
    return f"u:{user_id}"


def booking(reference: str, user_id: int) -> str:
    """Return the owner of a booking's locks."""
    return f"b:{reference}:{user_id}"


def late(reference: str, user_id: int) -> str:
    """Return the owner for a payment that came after its booking's deadline.

    Its locks are not the booking's own, so a sweep that frees those leaves these alone.
    """
    return f"l:{reference}:{user_id}"


def user_of(owner: str) -> str:
    """Return the user id of an owner, as text."""
    return owner.rpartition(":")[2]


def pending_entry(reference: str, user_id: int, expires_at: datetime) -> str:
    """Return the map's entry for a seat of a PENDING booking."""
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

    A visitor who has used up the ceiling is refused for `pause_seconds` (0: never). Raise SeatsUnavailable,
    HoldPaused, SnapshotIsStale, MapIsCold.
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
    """Pass locks from one owner to another until a new deadline. Return Taken.

    Raise SeatsUnavailable with the seats that `from_owner` does not hold.
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
    """Free the locks of a booking that has ended; with `late_too` those of its late payment, too.

    An unpaid booking counts towards its visitor's pause. A paid one starts the visitor's time again.
    """
    owners = [booking(reference, user_id)]
    if late_too:
        owners.append(late(reference, user_id))
    run_script("finish", _map(showtime_id), now, visitor(user_id), "paid" if paid else "unpaid", *owners)


def view(showtime_id: int, *, now: datetime) -> LiveMap:
    """Return the LiveMap. Raise MapIsCold."""
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
    """Store a map built from SQL (label → TICKET or `pending_entry`).

    Return False, storing nothing, if a commit has moved the stamp since.
    """
    flat = [part for pair in entries.items() for part in pair]
    reply = run_script("fill", _map(showtime_id), now, stamp, settings.LIVE_MAP_SECONDS * 1000, *flat)
    return bool(reply[0] == "kept")


def drop_map(showtime_id: int, *, now: datetime) -> None:
    """Drop the map of what SQL says. Call after every commit that changed tickets or PENDING bookings."""
    run_script("drop_map", _map(showtime_id), now, new_stamp())


def mark_snapshot_stale(showtime_id: int, *, now: datetime) -> None:
    """Move the snapshot's stamp. Call after every commit that changed the showtime, prices or screen."""
    run_script("mark_snapshot_stale", _map(showtime_id), now, new_stamp())


def _map(showtime_id: int) -> str:
    """Return the hash slot of the showtime's keys."""
    return f"showtime:{showtime_id}"


def _taken(reply: list[Any]) -> Taken:
    _, deadline, replaced, *former = reply  # only pass_on replies with the former deadline
    return Taken(from_ms(deadline), replaced, from_ms(former[0]) if former else None)


def _pending(entry: str) -> Lock:
    _, deadline, owner = entry.split("|")
    return Lock(owner, from_ms(deadline))
