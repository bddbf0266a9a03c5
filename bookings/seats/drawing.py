"""The seat map as its template draws it: rows of places, and the state of each seat."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import compress, zip_longest

from django.utils.translation import gettext_lazy as _

from moviebooking.templatetags.formats import all_in, money
from theaters.layout import SEAT_CLASSES

#: Each state of a seat, in words. "pending" are the seats of the visitor's own unpaid booking.
STATE_WORDS = {
    "free": _("available"),
    "mine": _("your seat"),
    "pending": _("your seat"),
    "held": _("on hold"),
    "booked": _("sold"),
}


@dataclass(frozen=True)
class Kind:
    """A seat class at this showtime. `price` is for one seat, fee and tax included."""

    code: str
    name: str
    price: Decimal
    price_words: str


@dataclass(frozen=True)
class Place:
    label: str
    number: int
    column: int
    kind: Kind


@dataclass(frozen=True)
class Row:
    """A row. `kind` is the class of most of its seats; `band` is the same in the first row of that class."""

    letter: str
    places: list
    kind: Kind | None
    band: Kind | None


def states(status):
    """Return {label: state} of the seats that are not free in a SeatStatus."""
    return {
        label: state for state in ("held", "booked", "mine", "pending") for label in getattr(status, state)
    }


def rows(snapshot):
    """Return the Rows of a snapshot's layout. Each aisle is one place wide."""
    kinds = {kind.code: kind for kind in legend(snapshot)}
    drawn, above = [], None
    for row in _with_narrow_aisles(snapshot.layout.rows):
        places = [_place(seat, kinds) if seat else None for seat in row]
        main = _main_kind(places)
        letter = next((seat.row for seat in row if seat), "")
        band = main if main != above else None
        drawn.append(Row(letter, places, main, band))
        above = main or above
    return drawn


def _place(seat, kinds):
    return Place(seat.label, seat.number, seat.column, kinds[seat.code])


def _with_narrow_aisles(rows):
    """Return the rows with each group of empty columns side by side reduced to one."""
    empty = [not any(column) for column in zip_longest(*rows)]
    kept = [not (is_empty and at and empty[at - 1]) for at, is_empty in enumerate(empty)]
    return [list(compress(row, kept)) for row in rows]


def legend(snapshot):
    """Return the Kind of each seat class in the layout. Prices are formatted here, not once for each seat."""
    prices = {code: all_in(snapshot.prices[code]) for code in snapshot.layout.codes}
    return [Kind(code, SEAT_CLASSES[code].name, price, money(price)) for code, price in prices.items()]


def _main_kind(places):
    kinds = [place.kind for place in places if place]
    return max(kinds, key=kinds.count) if kinds else None
