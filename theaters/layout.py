"""A screen's layout as text: one line per row, front row first; one character per place.

`S` a standard seat, `P` a premium seat, `R` a recliner, `W` a wheelchair place, `C` the seat of a
wheelchair user's companion, `_` a gap. Rows are lettered A … Z, AA … from the first line; seats number
from 1 in each row and gaps take no number. `SSS__SSS` is a row of six seats with an aisle.

Nothing here imports Django, so the texts are only marked for the translators.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache

GAP = "_"
LONGEST_ROW, MOST_ROWS = 60, 60
LINE_END = re.compile(r"\r\n|\r|\n")


def gettext_noop(text: str) -> str:
    """Mark a text for makemessages; it is translated where it is printed."""
    return text


@dataclass(frozen=True)
class SeatClass:
    """A type of seat: its letter in the layout, its name, and its price in standard seats."""

    code: str
    name: str
    factor: Decimal


SEAT_CLASSES = {
    seat_class.code: seat_class
    for seat_class in (
        SeatClass("S", gettext_noop("Standard"), Decimal("1")),
        SeatClass("P", gettext_noop("Premium"), Decimal("1.25")),
        SeatClass("R", gettext_noop("Recliner"), Decimal("1.75")),
        SeatClass("W", gettext_noop("Wheelchair space"), Decimal("1")),
        SeatClass("C", gettext_noop("Companion seat"), Decimal("1")),
    )
}
STEP_FREE = frozenset("WC")  # no other class can replace them


def default_price(standard: Decimal, code: str) -> Decimal:
    """Return the price of a seat class that has no price of its own at a showtime.

    It is a multiple of the standard price, rounded to whole units of the currency if the factor is not 1,
    and never below the standard price.
    """
    factor = SEAT_CLASSES[code].factor
    if factor == 1:
        return standard
    whole = (standard * factor).quantize(Decimal("1"), rounding=ROUND_HALF_UP)
    return max(whole, standard).quantize(standard)


def lowest_price(
    codes: Sequence[str], standard: Decimal, own: Mapping[str, Decimal] | None = None
) -> Decimal:
    """Return the price of the cheapest seat of these classes; `own` has those with a price of their own.

    Step-free places count only if there is nothing else, since not everybody may choose one.
    """
    open_to_all = [code for code in codes if code not in STEP_FREE] or codes
    return min((own or {}).get(code) or default_price(standard, code) for code in open_to_all)


@dataclass(frozen=True)
class Seat:
    label: str
    row: str
    number: int
    code: str
    column: int  # 0 at the left edge, gaps counted


@dataclass(frozen=True)
class Layout:
    """A parsed layout. `rows` has a tuple of Seat or None (a gap) for each line."""

    rows: tuple[tuple[Seat | None, ...], ...]
    seats: dict[str, Seat] = field(compare=False)  # label → Seat, in reading order

    @property
    def capacity(self) -> int:
        return len(self.seats)

    @cached_property
    def width(self) -> int:
        return max(len(row) for row in self.rows)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return {seat class: number of seats} of the classes that occur, in the order of SEAT_CLASSES."""
        letters = [seat.code for seat in self.seats.values()]
        return {code: letters.count(code) for code in SEAT_CLASSES if code in letters}

    @property
    def codes(self) -> list[str]:
        """Return the seat classes that occur, in the order of SEAT_CLASSES."""
        return list(self.counts)

    def lost_in(self, other: "Layout", labels: Collection[str]) -> list[str]:
        """Return the `labels` that would be gone, or a lesser seat, if `other` replaced this layout.

        They are in the order of this layout.
        """
        return [
            label
            for label, seat in self.seats.items()
            if label in labels and not other.offers(label, SEAT_CLASSES[seat.code].name)
        ]

    def offers(self, label: str, class_name: str | None = None) -> bool:
        """Return True if `label` is a seat here, and as good as one of the class of that name."""
        seat = self.seats.get(label)
        promised = next((one for one in SEAT_CLASSES.values() if one.name == class_name), None)
        if seat is None or promised is None:
            return seat is not None
        if {seat.code, promised.code} & STEP_FREE:
            return seat.code == promised.code
        return SEAT_CLASSES[seat.code].factor >= promised.factor


class LayoutError(ValueError):
    """The layout can't be parsed. `line` and `column` count from 1; `problem % details` is the message."""

    def __init__(self, problem: str, line: int, column: int = 1, **details: str | int) -> None:
        super().__init__(f"Line {line}, column {column}: {problem % details}")
        self.problem, self.line, self.column, self.details = problem, line, column, details


def row_letters(index: int) -> str:
    """Return the name of a row: 0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=512)
def parse(text: str) -> Layout:
    """Return the Layout. Raise LayoutError with the place of the mistake."""
    lines = [line.rstrip() for line in LINE_END.split(text.rstrip())]
    if lines == [""]:
        raise LayoutError(gettext_noop("the layout has no seats"), 1)
    if len(lines) > MOST_ROWS:
        raise LayoutError(gettext_noop("more than %(most)d rows"), MOST_ROWS + 1, most=MOST_ROWS)
    rows = tuple(_row(line, index) for index, line in enumerate(lines))
    seats = {seat.label: seat for row in rows for seat in row if seat}
    if not seats:
        raise LayoutError(gettext_noop("the layout has no seats"), 1)
    return Layout(rows=rows, seats=seats)


def _row(line: str, index: int) -> tuple[Seat | None, ...]:
    if not line:
        raise LayoutError(
            gettext_noop("an empty line; write %(gap)s for a row without seats"), index + 1, gap=GAP
        )
    letters, number = row_letters(index), 0
    places: list[Seat | None] = []
    for column, code in enumerate(line):
        _check_place(code, index + 1, column + 1)
        if code == GAP:
            places.append(None)
            continue
        number += 1
        places.append(Seat(f"{letters}{number}", letters, number, code, column))
    return tuple(places)


def _check_place(code: str, line: int, column: int) -> None:
    if column > LONGEST_ROW:
        raise LayoutError(gettext_noop("more than %(most)d places in a row"), line, column, most=LONGEST_ROW)
    if code != GAP and code not in SEAT_CLASSES:
        known = ", ".join([*SEAT_CLASSES, GAP])
        raise LayoutError(
            gettext_noop("“%(place)s” isn’t a known seat; use %(known)s"),
            line,
            column,
            place=code,
            known=known,
        )
