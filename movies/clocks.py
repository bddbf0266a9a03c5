"""Whose day it is: the chosen city's, or over all cities each hall's own. Never the server's."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from . import catalogue, listing


def zones(*, city=""):
    """The clocks of the halls in the city of that slug, or in all; the site's own where there is no city."""
    cities = listing.cities().values_list("slug", "timezone")
    known = catalogue.remembered("zones", lambda: dict(cities))
    names = {known[city]} if city in known else set(known.values())
    return [ZoneInfo(name) for name in sorted(names)] or [timezone.get_default_timezone()]


def today(now, zones):
    """The day that it is by these clocks. Where they differ the earlier one, which is not over everywhere."""
    return min(timezone.localdate(now, zone) for zone in zones)
