from datetime import timedelta

from django.db import models
from django.db.models import Case, Count, Q, When
from django.db.models.functions import ExtractHour, TruncDate

from .templatetags.theater_time import day_bounds

ZONE = "screen__theater__city__timezone"
#: A movie lasts up to a day; ads and cleaning up to three hours.
LONGEST_RUN = timedelta(hours=27)


class CityQuerySet(models.QuerySet):
    def by_slug(self, slug):
        """Return the city or None. The slug may be any text from a request."""
        return self.filter(slug=slug).first() if slug and "\0" not in slug else None


class TheaterQuerySet(models.QuerySet):
    def for_list(self):
        """Fetch all that the list of theaters prints, ordered by city, in one query."""
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
        """Fetch all that a showtime card prints in one query."""
        return self.select_related("movie", "screen__theater__city").order_by("start_time")

    def for_seat_map(self):
        """Fetch all that the pages of one showtime print, with its seat prices."""
        return self.select_related("movie__language", "screen__theater__city").prefetch_related("seat_prices")

    def for_snapshot(self):
        """Fetch what a hold and a booking need to know: layout, prices, start, and the theater's rules."""
        return self.select_related("screen__theater").prefetch_related("seat_prices")

    def on_day(self, date, zones):
        """Return showtimes that start on that date in their theater's time zone, which is one of `zones`."""
        is_on_it = Q()
        for zone in zones:
            start, end = day_bounds(date, zone)
            by_this_clock = Q(start_time__gte=start, start_time__lt=end)
            is_on_it |= by_this_clock & (Q(**{ZONE: zone.key}) if len(zones) > 1 else Q())
        return self.filter(is_on_it)

    def days(self, zones):
        """Return the sorted dates, in their theater's time zone, on which a showtime starts."""
        days = self.annotate(day=_in_theater_zone(TruncDate, zones)).order_by("day")
        return list(days.values_list("day", flat=True).distinct())

    def between_hours(self, start, end, zones):
        """Return showtimes with start ≤ local hour < end. The hours may span midnight."""
        from_start, before_end = Q(hour__gte=start), Q(hour__lt=end)
        hours = from_start & before_end if start < end else from_start | before_end
        return self.annotate(hour=_in_theater_zone(ExtractHour, zones)).filter(hours)

    def around(self, start, end):
        """Return showtimes that may occupy their screen at some time between `start` and `end`."""
        return self.filter(start_time__gt=start - LONGEST_RUN, start_time__lt=end)


def _in_theater_zone(part, zones):
    """Return an expression for that part of each start, in the time zone of its theater."""
    *others, last = zones
    cases = [When(**{ZONE: zone.key}, then=part("start_time", tzinfo=zone)) for zone in others]
    of_last = part("start_time", tzinfo=last)
    return Case(*cases, default=of_last) if cases else of_last
