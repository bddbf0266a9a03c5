"""The smallest units of currencies: in print, at the payment provider, and in this site's prices.

Print follows CLDR's locale data, the provider follows Stripe's own list, and the two differ: Stripe counts
krónur and Ugandan shillings in hundredths that must be zero, and accepts the third decimal of dinars only as
a zero.
"""

from decimal import Decimal

from babel.numbers import get_currency_precision

NO_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
}
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}
WHOLE_ONLY = {"ISK", "UGX"}


def provider_decimals(currency: str) -> int:
    """Return how many decimals the payment provider's smallest unit stands for: INR → 2, JPY → 0, KWD → 3."""
    currency = currency.upper()
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def charge_step(currency: str) -> Decimal:
    """Return the step between amounts that a card can be charged: INR → 0.01, JPY and ISK → 1, KWD → 0.01."""
    if currency.upper() in WHOLE_ONLY:
        return Decimal(1)
    return Decimal(1).scaleb(-min(provider_decimals(currency), 2))


def price_unit(currency: str) -> Decimal:
    """Return the unit that all prices, fees, taxes and refunds are rounded to: INR and KWD → 0.01, JPY → 1.

    It is the smallest amount that can be both printed in full and charged to a card.
    """
    printed = Decimal(1).scaleb(-get_currency_precision(currency.upper()))
    return max(printed, charge_step(currency))
