"""The text map of a screen: one line a row, front row first; one character a place.

`S` a standard seat, `P` a premium seat, `R` a recliner, `W` a wheelchair place, `_` a gap. Rows are lettered
A … Z, AA … from the first line; seats number from 1 in each row and gaps take no number.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

GAP = "_"
LONGEST_ROW, MOST_ROWS = 60, 60


@dataclass(frozen=True)
class SeatClass:
    """A kind of seat: its letter in the map, its name, and its price as a multiple of the standard seat's."""

    code: str
    name: str
    factor: Decimal


SEAT_CLASSES = {
    seat_class.code: seat_class
    for seat_class in (
        SeatClass("S", "Standard", Decimal("1")),
        SeatClass("P", "Premium", Decimal("1.25")),
        SeatClass("R", "Recliner", Decimal("1.75")),
        SeatClass("W", "Wheelchair place", Decimal("1")),
    )
}


def default_price(standard, code):
    """The rule for a seat class that has no price of its own at a showtime: a multiple of the standard seat's
    price, in whole units of the currency where the factor is not 1."""
    factor = SEAT_CLASSES[code].factor
    if factor == 1:
        return standard
    return max((standard * factor).quantize(Decimal("1"), rounding=ROUND_HALF_UP), standard).quantize(
        standard
    )


@dataclass(frozen=True)
class Seat:
    label: str
    row: str
    number: int
    code: str
    column: int  # 0 at the left edge of the map, gaps counted


@dataclass(frozen=True)
class Layout:
    """A parsed map. `rows` has a tuple of Seat or None (a gap) for each line."""

    rows: tuple
    seats: dict = field(compare=False)  # label → Seat, in reading order

    @property
    def capacity(self):
        return len(self.seats)

    @property
    def width(self):
        return max(len(row) for row in self.rows)

    @property
    def codes(self):
        """The seat classes that occur, in the order of SEAT_CLASSES."""
        used = {seat.code for seat in self.seats.values()}
        return [code for code in SEAT_CLASSES if code in used]


class LayoutError(ValueError):
    """The map can't be read; `line` and `column` count from 1."""

    def __init__(self, message, line, column=1):
        super().__init__(f"Line {line}, column {column}: {message}")
        self.line, self.column = line, column


def row_letters(index):
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=512)
def parse(text):
    """The Layout of a map. Raises LayoutError, which says where."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) > MOST_ROWS:
        raise LayoutError(f"more than {MOST_ROWS} rows", MOST_ROWS + 1)
    rows = tuple(_row(line.rstrip(), index) for index, line in enumerate(lines))
    seats = {seat.label: seat for row in rows for seat in row if seat}
    if not seats:
        raise LayoutError("there is no seat in the map", 1)
    return Layout(rows=rows, seats=seats)


def _row(line, index):
    if len(line) > LONGEST_ROW:
        raise LayoutError(f"more than {LONGEST_ROW} places in a row", index + 1, LONGEST_ROW + 1)
    letters, places, number = row_letters(index), [], 0
    for column, code in enumerate(line):
        if code == GAP:
            places.append(None)
            continue
        if code not in SEAT_CLASSES:
            known = ", ".join([*SEAT_CLASSES, GAP])
            raise LayoutError(f"“{code}” is not a place; use {known}", index + 1, column + 1)
        number += 1
        places.append(Seat(f"{letters}{number}", letters, number, code, column))
    return tuple(places)
