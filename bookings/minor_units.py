"""Amounts as a payment provider counts them: whole numbers of a currency's minor unit."""

from decimal import Decimal

from moviebooking.currencies import charge_step, provider_decimals


def minor(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units: `Decimal("495.60"), "INR"` → 49560.

    Raise ValueError for an amount that can't be charged exactly.
    """
    if amount % charge_step(currency):
        raise ValueError(f"{amount} {currency} can't be charged: no multiple of {charge_step(currency)}")
    return int(amount.scaleb(provider_decimals(currency)))


def major(units: int, currency: str) -> Decimal:
    """Return an amount in major units: `49560, "INR"` → `Decimal("495.60")`."""
    return Decimal(units).scaleb(-provider_decimals(currency))
