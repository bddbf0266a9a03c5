"""Reading a provider's events into plain values. An event hints at a change; its content is not relied on."""

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

#: The types that the webhook subscribes to, and that are fetched in case a delivery was lost.
TYPES = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
logger = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z0-9_.]{1,100}")
_TYPE = re.compile(r"[!-~]{1,100}")  # newer ones have brackets
_LATEST = 10**11  # seconds: the year 5138


class BadSignature(Exception):
    """The delivery is not signed with one of our secrets, or was signed too long ago or in the future."""


class NotAnEvent(Exception):
    """The delivery is signed, but is not an event."""


@dataclass(frozen=True)
class Event:
    """`created` is a Unix time in seconds, too coarse to order events by. `intent_id` may be ""."""

    id: str
    type: str
    created: int
    livemode: bool
    object_kind: str
    intent_id: str


def parse(payload: bytes) -> Event:
    """Return the Event in the body of a delivery. Raise NotAnEvent for any other bytes."""
    try:
        return from_dict(json.loads(payload.decode()))
    except (ValueError, RecursionError) as error:  # not text, not JSON, an overlong number; nested too deep
        raise NotAnEvent(str(error)) from error


def from_list(listed: Iterable[dict[str, Any]]) -> list[Event]:
    """Return the Events of a provider's list. Entries that are no events are logged and skipped."""
    found = []
    for data in listed:
        try:
            found.append(from_dict(data))
        except NotAnEvent as error:
            logger.error("Event %s of the list can't be read: %s", data.get("id"), error)
    return found


def from_dict(data: Any) -> Event:
    """Return the Event in a parsed body. Raise NotAnEvent."""
    type = _match(_TYPE, _dict(data).get("type"))
    kind, intent_id = _subject(type, data.get("data"))
    return Event(
        id=_match(_ID, data.get("id")),
        type=type,
        created=_timestamp(data.get("created", 0)),
        livemode=data.get("livemode") is True,
        object_kind=kind,
        intent_id=intent_id,
    )


def _subject(type: str, data: object) -> tuple[str, str]:
    """Return (kind of the event's object, intent ID or "").

    Both are "" if they can't be read in an event whose type is not used: merchants choose the IDs of some
    objects themselves.
    """
    try:
        subject = _dict(_dict(data).get("object"))
        kind = _match(_NAME, subject.get("object") or type.split(".")[-2:][0])
        return kind, _intent_id(kind, subject)
    except NotAnEvent:
        if type in TYPES:
            raise
        return "", ""


def _intent_id(kind: str, subject: dict[str, Any]) -> str:
    """Return the ID of the intent that the object is, or refers to (by ID or as an object), or ""."""
    if kind == "payment_intent":
        return _match(_ID, subject.get("id"))
    found = subject.get("payment_intent")
    if isinstance(found, dict):
        found = found.get("id")
    return _match(_ID, found, or_empty=True)


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotAnEvent(f"{type(value).__name__} instead of an object")
    return value


def _match(pattern: re.Pattern[str], value: object, *, or_empty: bool = False) -> str:
    if value is None and or_empty:
        return ""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotAnEvent("not an identifier")
    return value


def _timestamp(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LATEST:
        raise NotAnEvent("not a timestamp")
    return value
