"""Money in the database: three decimals are stored, the currency's own number of them is read."""

from decimal import Decimal

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db import models


def smallest_unit(currency=None):
    """The currency's smallest unit as a Decimal: INR → 0.01, JPY → 1, KWD → 0.001."""
    return Decimal(1).scaleb(-get_currency_precision(currency or settings.CURRENCY))


class MoneyField(models.DecimalField):
    """A Decimal amount: `495.600` in the database is `Decimal("495.60")` in a currency of two decimals."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 12, "decimal_places": 3, **kwargs})

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        rounded = Decimal(value).quantize(smallest_unit())
        return rounded if rounded == value else value
