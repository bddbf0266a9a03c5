"""Money in the database: three decimals are stored, the currency's own number of them is read."""

from decimal import Decimal

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db import models

from .money import rounded

STORED_PLACES = 3  # no currency has more, so that another one needs no other column


def smallest_unit(currency=None):
    """The currency's smallest unit as a Decimal: INR → 0.01, JPY → 1, KWD → 0.001."""
    return Decimal(1).scaleb(-get_currency_precision(currency or settings.CURRENCY))


class MoneyField(models.DecimalField):
    """A Decimal amount: `495.600` in the database is `Decimal("495.60")` in a currency of two decimals."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 12, "decimal_places": STORED_PLACES, **kwargs})

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        in_units = Decimal(value).quantize(smallest_unit())
        return in_units if in_units == value else value


class PriceField(MoneyField):
    """What the cinema asks, in the site's currency: forms and validation refuse a smaller part than the
    currency has, and what is saved without them is rounded half up to it, so that a seat costs just that."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.decimal_places = get_currency_precision(settings.CURRENCY)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "decimal_places": STORED_PLACES}

    def db_type_parameters(self, connection):
        return {**super().db_type_parameters(connection), "decimal_places": STORED_PLACES}

    def in_units(self, price):
        """What is stored of a price, whatever number or text it is given as."""
        return rounded(self.to_python(price), smallest_unit())

    def get_db_prep_save(self, value, connection):
        is_plain = value is not None and not hasattr(value, "as_sql")
        return super().get_db_prep_save(self.in_units(value) if is_plain else value, connection)
