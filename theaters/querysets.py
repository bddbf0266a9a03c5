from datetime import timedelta

from django.db import models
from django.db.models import Count
from django.db.models.functions import TruncDate

from .halltime import day_bounds

#: No film lasts more than a day, and no theater's advertisements and cleaning more than three hours.
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

    def for_cards(self):
        """Everything a showtime card prints, in one query."""
        return self.select_related("movie", "screen__theater__city").order_by("start_time")

    def for_seat_map(self):
        """What the pages of one showtime print, its own class prices included."""
        return self.select_related("movie__language", "screen__theater__city").prefetch_related("seat_prices")

    def on_day(self, date, zone):
        """Those that start on that day of the hall's calendar."""
        start, end = day_bounds(date, zone)
        return self.filter(start_time__gte=start, start_time__lt=end)

    def days(self, zone):
        """The hall's days that have one of these showtimes, in order."""
        days = self.annotate(day=TruncDate("start_time", tzinfo=zone)).order_by("day")
        return list(days.values_list("day", flat=True).distinct())

    def around(self, start, end):
        """Those that may keep their screen at some time between `start` and `end`."""
        return self.filter(start_time__gt=start - LONGEST_RUN, start_time__lt=end)
