"""The rows that the CSV and JSON readers yield."""

from dataclasses import dataclass, field

CHUNK = 1 << 14


class Unreadable(Exception):
    """The file, or the rest of it, can't be read. The message says why."""


@dataclass(frozen=True)
class Row:
    """One row as it is in the file. `number` counts from 1 without the header; `place` is e.g. "line 3"."""

    number: int
    place: str = ""
    values: dict = field(default_factory=dict)  # {lower-case column: str, or any JSON value}
    problem: str = ""
