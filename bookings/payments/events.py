"""A provider's event as plain values. It is a hint that something has happened, never the truth about it."""

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

#: What the webhook endpoint is subscribed to, and what is fetched when a delivery was lost.
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
    """Nobody who knows a secret of ours has signed this, or they did so too long ago, or in the future."""


class NotAnEvent(Exception):
    """Signed, but not an event."""


@dataclass(frozen=True)
class Event:
    """`created` is in seconds and shared by many: it orders nothing. `intent_id` may be ""."""

    id: str
    type: str
    created: int
    livemode: bool
    object_kind: str
    intent_id: str


def parse(payload: bytes) -> Event:
    """The event in the bytes of a body, or NotAnEvent, whatever the bytes are."""
    try:
        return from_dict(json.loads(payload.decode()))
    except (
        ValueError,
        RecursionError,
    ) as error:  # no text, no JSON, a number without end; too deep
        raise NotAnEvent(str(error)) from error


def from_list(listed: Iterable[dict[str, Any]]) -> list[Event]:
    """The events of a provider's list. An entry that is none is skipped and logged: it hides no other."""
    found = []
    for data in listed:
        try:
            found.append(from_dict(data))
        except NotAnEvent as error:
            logger.error("Event %s is listed, and is none: %s", data.get("id"), error)
    return found


def from_dict(data: Any) -> Event:
    """The event in a parsed body, or NotAnEvent."""
    type = _matching(_TYPE, _dict(data).get("type"))
    kind, intent_id = _subject(type, data.get("data"))
    return Event(
        id=_matching(_ID, data.get("id")),
        type=type,
        created=_moment(data.get("created", 0)),
        livemode=data.get("livemode") is True,
        object_kind=kind,
        intent_id=intent_id,
    )


def _subject(type: str, data: object) -> tuple[str, str]:
    """What kind of object it is about, and which intent. Of a type that is not used this is a help where it
    can be read: owners name their own coupons and products.
    """
    try:
        subject = _dict(_dict(data).get("object"))
        kind = _matching(_NAME, subject.get("object") or type.split(".")[-2:][0])
        return kind, _intent_id(kind, subject)
    except NotAnEvent:
        if type in TYPES:
            raise
        return "", ""


def _intent_id(kind: str, subject: dict[str, Any]) -> str:
    """An intent names itself by `id`; a charge, a refund and a dispute name theirs, expanded or not."""
    if kind == "payment_intent":
        return _matching(_ID, subject.get("id"))
    found = subject.get("payment_intent")
    if isinstance(found, dict):
        found = found.get("id")
    return _matching(_ID, found, or_empty=True)


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotAnEvent(f"{type(value).__name__} where an object belongs")
    return value


def _matching(pattern: re.Pattern[str], value: object, *, or_empty: bool = False) -> str:
    if value is None and or_empty:
        return ""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotAnEvent("a name that is none")
    return value


def _moment(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LATEST:
        raise NotAnEvent("no moment of time")
    return value
