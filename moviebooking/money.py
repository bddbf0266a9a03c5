"""The arithmetic of fee and tax: Decimal, rounded half up once a line. Imports nothing of Django."""

from decimal import ROUND_HALF_UP, Decimal


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """The amount in whole multiples of `unit` (a Decimal such as 0.01), halves away from zero."""
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def fee_and_tax(
    seats_amount: Decimal, *, fee_percent: Decimal, tax_percent: Decimal, unit: Decimal
) -> tuple[Decimal, Decimal]:
    """(fee, tax) on what the seats cost: the fee is on the seats, the tax on seats and fee.

    >>> fee_and_tax(Decimal("400.00"), fee_percent=Decimal(5), tax_percent=Decimal(18), unit=Decimal("0.01"))
    (Decimal('20.00'), Decimal('75.60'))
    """
    fee = rounded(seats_amount * fee_percent / 100, unit)
    tax = rounded((seats_amount + fee) * tax_percent / 100, unit)
    return fee, tax
