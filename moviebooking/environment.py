"""Read settings from the environment or `.env`. Empty values count as unset; invalid ones raise an error."""

from decimal import Decimal

from decouple import AutoConfig, strtobool
from django.core.exceptions import ImproperlyConfigured

EXPECTED = {bool: "True or False", int: "a whole number", Decimal: "a number"}


class Environment(AutoConfig):
    """A python-decouple config with this project's rules. Each instance reads `.env` anew.

    >>> config = Environment(search_path=BASE_DIR)
    >>> config("SEAT_HOLD_SECONDS", default=600, cast=int)
    """

    def __call__(self, name, *, default="", cast=str, may_be_empty=False):
        """Return the value or the default, converted by `cast`. Raise ImproperlyConfigured if that fails.

        `may_be_empty` is for names whose empty value has a meaning of its own.
        """
        value = super().__call__(name, default=default)
        if value == "" and not may_be_empty:
            value = default
        try:
            return strtobool(value) if cast is bool else cast(value)
        except (ValueError, ArithmeticError) as error:
            # A URL is not printed, because it may contain a password.
            problem = f" is “{value}”, not {EXPECTED[cast]}" if cast in EXPECTED else f": {error}"
            raise ImproperlyConfigured(f"{name}{problem.rstrip('.')}.") from error
