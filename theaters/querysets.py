from datetime import timedelta

from django.db import models
from django.db.models import Case, Count, Q, When
from django.db.models.functions import ExtractHour, TruncDate

from .templatetags.theater_time import day_bounds

ZONE = "screen__theater__city__timezone"
#: No movie lasts more than a day, and no theater's advertisements and cleaning more than three hours.
LONGEST_RUN = timedelta(hours=27)


class CityQuerySet(models.QuerySet):
    def by_slug(self, slug):
        """The city of that slug, which may come from anywhere, or None."""
        return self.filter(slug=slug).first() if slug and "\0" not in slug else None


class TheaterQuerySet(models.QuerySet):
    def for_list(self):
        """What the list of theaters prints, city by city, in one query."""
        return (
            self.select_related("city")
            .annotate(screen_count=Count("screens"))
            .order_by("city__name", "city", "name")
        )


class ShowtimeQuerySet(models.QuerySet):
    def on_sale(self, now):
        return self.filter(start_time__gt=now, cancelled_at=None)

    def in_city(self, slug):
        """Return the showtimes in the city of that slug; "" is everywhere."""
        return self.filter(screen__theater__city__slug=slug) if slug else self

    def for_cards(self):
        """Everything a showtime card prints, in one query."""
        return self.select_related("movie", "screen__theater__city").order_by("start_time")

    def for_seat_map(self):
        """What the pages of one showtime print, its own class prices included."""
        return self.select_related("movie__language", "screen__theater__city").prefetch_related("seat_prices")

    def on_day(self, date, zones):
        """Those that start on that day of their own hall's calendar; `zones` are the halls' clocks."""
        is_on_it = Q()
        for zone in zones:
            start, end = day_bounds(date, zone)
            by_this_clock = Q(start_time__gte=start, start_time__lt=end)
            is_on_it |= by_this_clock & (Q(**{ZONE: zone.key}) if len(zones) > 1 else Q())
        return self.filter(is_on_it)

    def days(self, zones):
        """The days that have one of these showtimes by their own hall's calendar, in order."""
        days = self.annotate(day=_by_own_clock(TruncDate, zones)).order_by("day")
        return list(days.values_list("day", flat=True).distinct())

    def between_hours(self, start, end, zones):
        """Those that start from one hour to before another of their own hall's clock; past midnight, too."""
        from_start, before_end = Q(hour__gte=start), Q(hour__lt=end)
        hours = from_start & before_end if start < end else from_start | before_end
        return self.annotate(hour=_by_own_clock(ExtractHour, zones)).filter(hours)

    def around(self, start, end):
        """Those that may keep their screen at some time between `start` and `end`."""
        return self.filter(start_time__gt=start - LONGEST_RUN, start_time__lt=end)


def _by_own_clock(part, zones):
    """That part of each showtime's start, on the clock of its own hall."""
    *others, last = zones
    cases = [When(**{ZONE: zone.key}, then=part("start_time", tzinfo=zone)) for zone in others]
    of_last = part("start_time", tzinfo=last)
    return Case(*cases, default=of_last) if cases else of_last
