"""The hall as the seat map's template draws it: rows of places, each seat with its state."""

from dataclasses import dataclass
from decimal import Decimal

from theaters.layout import SEAT_CLASSES

from . import codes


@dataclass(frozen=True)
class Place:
    label: str
    number: int
    column: int
    code: str
    class_name: str
    price: Decimal
    state: str  # free, mine, pending, held or booked


@dataclass(frozen=True)
class Row:
    """`band` is the seat class that begins with this row, with its price, or None."""

    letter: str
    places: list
    band: dict | None


def rows(seating, status):
    """The Rows of a parsed layout under a SeatStatus."""
    states = {
        label: state for state in ("held", "booked", "mine", "pending") for label in getattr(status, state)
    }
    drawn, above = [], None
    for row in seating.rows:
        places = [seat and _place(seat, status.facts, states) for seat in row]
        places += [None] * (seating.width - len(row))  # rows of one length stand in line
        main = _main_class(places)
        letter = next((seat.row for seat in row if seat), "")
        drawn.append(Row(letter, places, _band(status.facts, main) if main and main != above else None))
        above = main or above
    return drawn


def legend(seating, facts):
    """The seat classes of the hall with their prices."""
    return [_band(facts, code) for code in seating.codes]


def ticket_card(ticket):
    """A Ticket as its pages print it; `qr` is markup. Wants `showtime__screen`."""
    seat = ticket.showtime.screen.seating.seats.get(ticket.seat)
    row = ticket.seat.rstrip("0123456789")
    return {
        "seat": ticket.seat,
        "row": row,
        "number": ticket.seat[len(row) :],
        "class_name": SEAT_CLASSES[seat.code].name if seat else "",
        "qr": codes.qr_svg(ticket.code),
        "link_code": ticket.link_code,
    }


def _place(seat, facts, states):
    return Place(
        label=seat.label,
        number=seat.number,
        column=seat.column,
        code=seat.code,
        class_name=SEAT_CLASSES[seat.code].name,
        price=facts.prices[seat.code],
        state=states.get(seat.label, "free"),
    )


def _main_class(places):
    codes = [place.code for place in places if place]
    return max(codes, key=codes.count) if codes else None


def _band(facts, code):
    return {
        "code": code,
        "name": SEAT_CLASSES[code].name,
        "class_name": SEAT_CLASSES[code].name,
        "price": facts.prices[code],
    }
