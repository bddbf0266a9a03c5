"""The arithmetic of prices: Decimal, each amount rounded half up once. Imports nothing from Django."""

from decimal import ROUND_HALF_UP, Decimal


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """Return the amount in whole multiples of `unit` (a power of ten such as 0.01), halves away from zero."""
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def fee_and_tax(
    seats_amount: Decimal, *, fee_percent: Decimal, tax_percent: Decimal, unit: Decimal
) -> tuple[Decimal, Decimal]:
    """Return (fee, tax) for what the seats cost: the fee is on the seats, the tax on seats and fee.

    >>> fee_and_tax(Decimal("400.00"), fee_percent=Decimal(5), tax_percent=Decimal(18), unit=Decimal("0.01"))
    (Decimal('20.00'), Decimal('75.60'))
    """
    fee = rounded(seats_amount * fee_percent / 100, unit)
    tax = rounded((seats_amount + fee) * tax_percent / 100, unit)
    return fee, tax


def final_price(price: Decimal, *, fee_percent: Decimal, tax_percent: Decimal, unit: Decimal) -> Decimal:
    """Return what a visitor pays in the end for one seat of that price: fee and tax included."""
    price = rounded(price, unit)
    fee, tax = fee_and_tax(price, fee_percent=fee_percent, tax_percent=tax_percent, unit=unit)
    return price + fee + tax
