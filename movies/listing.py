"""The showtimes and cities on public pages. `theaters`, a floor above, registers them at startup.

Showtimes are a queryset whose rows have `movie`, `price`, `lowest_price`, `available_seats`, `format` and
`captions`. It has the methods `on_day`, `days`, `between_hours` and `for_cards`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True)
class Listing:
    showtimes_on_sale: Callable  # (now, city slug, or "" for everywhere) → queryset of showtimes
    cities: Callable  # () → queryset of cities with `slug`, `name` and `timezone`
    chosen_city: Callable  # request → slug of the city that this visitor has chosen, or ""
    choose_city: Callable  # (request without a session, slug): chosen_city(request) is that slug
    formats: list  # [(value, label)]: how a showtime can be presented


_registered = []


def register(listing):
    """Set the Listing of this process. Call from `AppConfig.ready`."""
    _registered[:] = [listing]


def showtimes_on_sale(*, now, city="") -> QuerySet:
    """Return the showtimes on sale, in the city of that slug or everywhere."""
    return _registered[0].showtimes_on_sale(now, city)


def cities() -> QuerySet:
    return _registered[0].cities()


def chosen_city(request) -> str:
    """Return the slug of the city that this visitor has chosen, or ""."""
    return _registered[0].chosen_city(request)


def choose_city(request, slug):
    """Let `chosen_city` return that slug for a request that has no session of its own."""
    _registered[0].choose_city(request, slug)


def formats() -> list:
    return _registered[0].formats
