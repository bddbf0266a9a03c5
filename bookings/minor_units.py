"""Amounts as a payment provider counts them: whole numbers of a currency's minor unit.

How many decimals that unit has is Stripe's own list, not the locale data that prices are printed by: Stripe
counts krónur and Ugandan shillings in hundredths that must be zero, and takes a third decimal only as a zero.
"""

from decimal import Decimal

NO_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
}
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}
WHOLE_ONLY = {"ISK", "UGX"}


def minor(amount: Decimal, currency: str) -> int:
    """`Decimal("495.60"), "INR"` → 49560. Raises ValueError for an amount that can't be charged exactly."""
    currency = currency.upper()
    if amount % payable_step(currency):
        raise ValueError(f"{amount} {currency} can't be charged: no multiple of {payable_step(currency)}")
    return int(amount.scaleb(_decimals(currency)))


def major(units: int, currency: str) -> Decimal:
    """The amount again: `49560, "INR"` → `Decimal("495.60")`."""
    return Decimal(units).scaleb(-_decimals(currency.upper()))


def payable_step(currency: str) -> Decimal:
    """What two charges differ by at least: INR → 0.01, JPY and ISK → 1, KWD → 0.01 (not 0.001)."""
    currency = currency.upper()
    if currency in WHOLE_ONLY:
        return Decimal(1)
    return Decimal(1).scaleb(-min(_decimals(currency), 2))


def _decimals(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2
