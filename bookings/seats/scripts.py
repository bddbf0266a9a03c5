"""Run the Lua scripts of the live map: one call, one round trip, the keys of one hash slot.

A script's first argument is the time; its reply begins with a word that says how it ended. The words that
mean "no" are raised here as exceptions.
"""

import secrets
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from redis.commands.core import Script

from moviebooking import redis_connection

from ..refusals import HoldsUnavailable, SeatsUnavailable
from .fairness import HoldPaused

# Read when the process starts, so that it goes on with its own scripts while new code is put in place.
_TEXTS = {path.stem: path.read_text() for path in Path(__file__).with_name("lua").glob("*.lua")}


class MapIsCold(Exception):
    """Redis has no map of what SQL says. Ask SQL, and pass `generation` to `holds.fill` with what it said.

    `builds` is False while another reader is building the map.
    """

    def __init__(self, generation: str, builds: bool) -> None:
        super().__init__(generation, builds)
        self.generation, self.builds = generation, builds


class SnapshotIsStale(Exception):
    """The showtime has changed since its snapshot was read. Read it again under `stamp`."""

    def __init__(self, stamp: str) -> None:
        super().__init__(stamp)
        self.stamp = stamp


def run_script(name: str, slot: str, now: datetime, *args: str | int) -> list[Any]:
    """Return the reply of a script, all of whose keys begin with the slot.

    Raise HoldsUnavailable when Redis does not answer; MapIsCold, SnapshotIsStale, SeatsUnavailable or
    HoldPaused when the script says so.
    """
    base = f"{settings.REDIS_KEY_PREFIX}:{{{slot}}}"
    try:
        reply: list[Any] = _script(name)(
            keys=[base], args=[to_ms(now), *args], client=redis_connection.client()
        )
    except redis.RedisError as error:
        raise HoldsUnavailable() from error
    match reply[0]:
        case "cold":
            raise MapIsCold(reply[1], reply[2] == "build")
        case "stale":
            raise SnapshotIsStale(reply[1])
        case "taken":
            raise SeatsUnavailable(reply[1])
        case "paused":
            raise HoldPaused(from_ms(reply[1]) - now)
    return reply


def new_stamp() -> str:
    return secrets.token_hex(8)


def to_ms(moment: datetime) -> int:
    """Return the moment in milliseconds since the epoch, as the scripts count time."""
    return int(moment.timestamp() * 1000)


def from_ms(ms: str | int) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)


@cache
def _script(name: str) -> Script:
    script: Script = redis_connection.client().register_script(_TEXTS["prelude"] + _TEXTS[name])
    return script
