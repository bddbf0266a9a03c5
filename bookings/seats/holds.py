"""The live map of a showtime in Redis: which seats are locked, by whom and until when.

Plain values only; times are aware datetimes. An owner is `visitor(user_id)`, `booking(reference, user_id)` or
`late(reference, user_id)`. Beside the locks is kept what SQL says: a claim per seat, which is TICKET, a
`pending_claim` or FREE. This map may be lost at any moment: a call that needs it raises MapIsCold, and
`live_map` builds it again. Every call raises HoldsUnavailable when Redis is down, frozen or full.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from .scripts import from_ms, new_stamp, run_script, to_ms

TICKET, FREE = "T", ""  # what SQL claims of a seat that is sold, or that nobody has
RANDOM_BITS = 52  # Lua counts exactly up to 53


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
    """`tickets`: labels that are sold. `pending` (of bookings) and `locks` (of holds): label → Lock.

    `changes` is different after every change, also in a Redis that has lost everything meanwhile.
    """

    tickets: frozenset[str]
    pending: dict[str, Lock]
    locks: dict[str, Lock] = field(default_factory=dict)
    snapshot_stamp: str = ""
    changes: str = ""

    @property
    def ends_at(self) -> datetime | None:
        """Return when the first lock or PENDING booking ends, which changes the map without a write."""
        every = (*self.pending.values(), *self.locks.values())
        return min((lock.deadline for lock in every), default=None)


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


def pending_claim(reference: str, user_id: int, expires_at: datetime) -> str:
    """Return the claim of a PENDING booking on its seats."""
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


def view(showtime_id: int, *, now: datetime, known: LiveMap | None = None) -> LiveMap:
    """Return the LiveMap. Raise MapIsCold.

    `known`, as returned before, saves Redis from sending the map again if it has not changed.
    """
    first = secrets.randbits(RANDOM_BITS)
    known = known if known and not (known.ends_at and known.ends_at <= now) else None
    word, stamp, *rest = run_script(
        "view", _map(showtime_id), now, new_stamp(), first, known.changes if known else ""
    )
    if known and word == "same":
        return known if stamp == known.snapshot_stamp else replace(known, snapshot_stamp=stamp)
    changes, fields, locks = rest
    claims = {
        label: entry.partition("|")[2]
        for label, entry in zip(fields[::2], fields[1::2], strict=True)
        if label[0] != "#"
    }
    live = live_map_of(claims)
    return replace(
        live,
        snapshot_stamp=stamp,
        changes=changes,
        pending={label: lock for label, lock in live.pending.items() if lock.deadline > now},
        locks={
            label: Lock(owner, from_ms(deadline))
            for label, owner, deadline in zip(locks[::3], locks[1::3], locks[2::3], strict=True)
        },
    )


def live_map_of(claims: Mapping[str, str]) -> LiveMap:
    """Return the LiveMap of these claims, without locks."""
    return LiveMap(
        tickets=frozenset(label for label, claim in claims.items() if claim == TICKET),
        pending={label: _pending(claim) for label, claim in claims.items() if claim not in (TICKET, FREE)},
    )


def fill(
    showtime_id: int, *, generation: str, revision: int, claims: Mapping[str, str], now: datetime
) -> bool:
    """Store what SQL claims of the seats (label → claim; others are free). Later patches are kept.

    `revision` is the showtime's, read before the claims, and `generation` that of MapIsCold, received before
    both. Return False, storing nothing, if the map has been dropped or lost since.
    """
    flat = [part for pair in claims.items() for part in pair]
    lifetime = round(settings.LIVE_MAP_SECONDS * 1000)
    reply = run_script("fill", _map(showtime_id), now, generation, revision, lifetime, *flat)
    return bool(reply[0] == "kept")


def patch(showtime_id: int, *, revision: int, claims: Mapping[str, str], now: datetime) -> None:
    """Put a committed change into the map: what SQL claims of these seats since that revision.

    Call it after the commit. It may come late, twice, before an earlier one, or never.
    """
    flat = [part for pair in claims.items() for part in pair]
    run_script("patch", _map(showtime_id), now, revision, *flat)


def drop_map(showtime_id: int, *, now: datetime) -> None:
    """Drop the map of what SQL says. Call after every commit that changed it without a revision."""
    run_script("drop_map", _map(showtime_id), now)


def mark_snapshot_stale(showtime_id: int, *, now: datetime) -> None:
    """Move the snapshot's stamp. Call after every commit that changed the showtime, prices or screen."""
    run_script("mark_snapshot_stale", _map(showtime_id), now, new_stamp())


def _map(showtime_id: int) -> str:
    """Return the hash slot of the showtime's keys."""
    return f"showtime:{showtime_id}"


def _taken(reply: list[Any]) -> Taken:
    _, deadline, replaced, *former = reply  # only pass_on replies with the former deadline
    return Taken(from_ms(deadline), replaced, from_ms(former[0]) if former else None)


def _pending(claim: str) -> Lock:
    _, deadline, owner = claim.split("|")
    return Lock(owner, from_ms(deadline))
