"""What the readers of files hand on: rows as they stand there, or the reason why there are none."""

from dataclasses import dataclass, field

CHUNK = 1 << 14


class Unreadable(Exception):
    """The file as a whole, or what is left of it, can't be read; the message says why."""


@dataclass(frozen=True)
class Row:
    """`number` counts from 1, the header apart; `place` says where it stands in the file."""

    number: int
    place: str = ""
    values: dict = field(default_factory=dict)  # column in small letters → str, or what JSON has
    problem: str = ""
