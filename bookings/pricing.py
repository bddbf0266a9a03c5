"""Money arithmetic: the only place where a total is computed. No Django here.

Amounts are Decimals in major units.

seats = the sum of the seats' prices; fee = seats × fee percent; tax = (seats + fee) × tax percent; each
rounded half up to the currency's smallest unit, once; total = seats + fee + tax.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol, TypedDict

from moviebooking.money import fee_and_tax

Tiers = Sequence[Sequence[int]]  # pairs of minutes before the start and percent, as JSON keeps them


@dataclass(frozen=True)
class Line:
    """Seats of one class at one price each."""

    name: str
    unit: Decimal
    labels: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.labels)

    @property
    def amount(self) -> Decimal:
        return self.unit * self.count


class PricedBooking(Protocol):
    """A Booking, which keeps the parts of the quote that it was sold by."""

    quote_lines: dict[str, Any]
    seats_amount: Decimal
    fee_amount: Decimal
    tax_amount: Decimal
    currency: str


class RefundTerm(TypedDict):
    percent: int
    until: datetime


@dataclass(frozen=True)
class Quote:
    lines: tuple[Line, ...]
    seats: Decimal
    fee: Decimal
    tax: Decimal
    fee_percent: Decimal
    tax_percent: Decimal
    currency: str

    @property
    def total(self) -> Decimal:
        return self.seats + self.fee + self.tax

    def as_json(self) -> dict[str, Any]:
        """Return what a booking stores of the quote besides the amounts; `quote_of` reads it."""
        return {
            "lines": [[line.name, str(line.unit), list(line.labels)] for line in self.lines],
            "fee_percent": str(self.fee_percent),
            "tax_percent": str(self.tax_percent),
        }


def quote(
    priced_seats: Iterable[tuple[str, str, Decimal]],
    *,
    fee_percent: Decimal,
    tax_percent: Decimal,
    currency: str,
    unit: Decimal,
) -> Quote:
    """Return the Quote for (label, class name, price) triples. `unit` is the currency's smallest unit."""
    lines = _lines(
        [(label, name, Decimal(price).quantize(unit, ROUND_HALF_UP)) for label, name, price in priced_seats]
    )
    seats = sum((line.amount for line in lines), Decimal(0))
    fee, tax = fee_and_tax(seats, fee_percent=fee_percent, tax_percent=tax_percent, unit=unit)
    return Quote(lines, seats, fee, tax, fee_percent, tax_percent, currency)


def quote_of(booking: PricedBooking) -> Quote:
    """Return the Quote that a booking was sold by, from its amounts and its stored `as_json()`."""
    kept = booking.quote_lines
    lines = tuple(Line(name, Decimal(price), tuple(labels)) for name, price, labels in kept.get("lines", []))
    return Quote(
        lines=lines,
        seats=booking.seats_amount,
        fee=booking.fee_amount,
        tax=booking.tax_amount,
        fee_percent=Decimal(kept.get("fee_percent", 0)),
        tax_percent=Decimal(kept.get("tax_percent", 0)),
        currency=booking.currency,
    )


def _lines(priced: Iterable[tuple[str, str, Decimal]]) -> tuple[Line, ...]:
    grouped: dict[tuple[str, Decimal], list[str]] = {}
    for label, name, price in priced:
        grouped.setdefault((name, price), []).append(label)
    return tuple(Line(name, price, tuple(labels)) for (name, price), labels in grouped.items())


def refund_amount(*, seats: Decimal, fee: Decimal, tax: Decimal, percent: int, unit: Decimal) -> Decimal:
    """Return the refund for a visitor who cancels: `percent` of the seats and their share of the tax.

    The fee and its share of the tax are not refunded.
    """
    return ((seats + tax_on_seats(seats, fee, tax, unit=unit)) * percent / 100).quantize(unit, ROUND_HALF_UP)


def tax_on_seats(seats: Decimal, fee: Decimal, tax: Decimal, *, unit: Decimal) -> Decimal:
    """Return the seats' share of the tax. The rest is the fee's share."""
    return (tax * seats / (seats + fee)).quantize(unit, ROUND_HALF_UP) if seats else Decimal(0)


def parse_tiers(text: str) -> Tiers:
    """Return refund tiers, earliest first: `"120:100,20:50"` → [[120, 100], [20, 50]].

    Each is [minutes before the start, percent]. Raise ValueError, which says what is wrong.
    """
    tiers = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        minutes, _, percent = part.partition(":")
        if not (minutes.isdecimal() and percent.isdecimal() and int(percent) <= 100):
            raise ValueError(f"“{part}” is not minutes:percent")
        tiers.append([int(minutes), int(percent)])
    return sorted(tiers, reverse=True)


def refund_terms(tiers: Tiers, start_time: datetime) -> list[RefundTerm]:
    """Return the tiers as a list of {percent, until}, the earliest `until` first."""
    return [
        {"percent": percent, "until": start_time - timedelta(minutes=minutes)} for minutes, percent in tiers
    ]


def refund_percent_at(tiers: Tiers, *, minutes_left: float) -> int:
    """Return the percentage refunded that many minutes before the start; 0 after the last tier."""
    return max((percent for minutes, percent in tiers if minutes_left >= minutes), default=0)
