"""The date of "today" in the chosen city's time zone, or in all cities' zones; never in the server's."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from . import catalogue, listing


def zones(*, city=""):
    """Return the ZoneInfos of the city of that slug or of all; the site's own if there are no cities."""
    cities = listing.cities().values_list("slug", "timezone")
    known = catalogue.remembered("zones", lambda: dict(cities))
    names = {known[city]} if city in known else set(known.values())
    return [ZoneInfo(name) for name in sorted(names)] or [timezone.get_default_timezone()]


def today(now, zones):
    """Return today's date in these zones; where they differ the earlier one, which is not over everywhere."""
    return min(timezone.localdate(now, zone) for zone in zones)
