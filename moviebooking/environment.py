"""A value of the environment, or of `.env`: empty is as good as unset, a wrong one is told by its name."""

from decimal import Decimal

from decouple import AutoConfig, strtobool
from django.core.exceptions import ImproperlyConfigured

EXPECTED = {bool: "True or False", int: "a whole number", Decimal: "a number"}


class Environment(AutoConfig):
    """python-decouple for this site; each one made reads `.env` anew.

    >>> config = Environment(search_path=BASE_DIR)
    >>> config("SEAT_HOLD_SECONDS", default=600, cast=int)
    """

    def __call__(self, name, *, default="", cast=str, may_be_empty=False):
        """The value, or the default, through `cast`. Raises ImproperlyConfigured where that can't be done.

        `may_be_empty` is for a name of which "" says something else than nothing at all.
        """
        value = super().__call__(name, default=default)
        if value == "" and not may_be_empty:
            value = default
        try:
            return strtobool(value) if cast is bool else cast(value)
        except (ValueError, ArithmeticError) as error:
            # A URL is not printed: it may have a password in it.
            told = f" is “{value}”, not {EXPECTED[cast]}" if cast in EXPECTED else f": {error}"
            raise ImproperlyConfigured(f"{name}{told.rstrip('.')}.") from error
