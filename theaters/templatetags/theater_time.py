"""Times in a theater's time zone. The filters are built into every template."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

from django import template
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moviebooking.templatetags.formats import clock, clock_span

register = template.Library()


class TheaterTime(datetime):
    """An aware datetime in a theater's zone, which templates print without converting it."""

    convert_to_local_time = False  # read by Django's template engine


def in_zone(moment, zone):
    """Return the moment as a TheaterTime in the zone."""
    return TheaterTime.fromtimestamp(moment.timestamp(), tz=zone)


def from_local(naive, zone):
    """Return the moment of a naive local date and time, the earlier one if the clocks go back over it.

    Raise ValidationError on `start_time` if the clocks go forward over it, so that it doesn't exist.
    """
    moment = naive.replace(tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        message = _("Clocks go forward that day, so there is no %(time)s.")
        error = ValidationError(message, code="skipped", params={"time": clock(naive)})
        raise ValidationError({"start_time": error})
    return moment


@register.filter
def theater_time(moment, showtime):
    """Return the moment in the time zone of the showtime's theater; None stays None."""
    return in_zone(moment, showtime.zone) if moment else None


@register.filter
def times(showtime):
    """Return the times of doors, ads and movie as a sentence, in the theater's time zone."""
    values = {
        "doors": clock(showtime.local_doors),
        "ads": clock(showtime.local_start),
        "movie": clock_span(showtime.local_movie_start, showtime.local_end),
    }
    if showtime.movie_starts_at == showtime.start_time:
        return gettext("Doors %(doors)s · Movie %(movie)s") % values
    return gettext("Doors %(doors)s · Ads %(ads)s · Movie %(movie)s") % values


def day_bounds(date, zone):
    """Return the first moment of that date in the zone, and of the next date."""
    start = datetime.combine(date, time.min, tzinfo=zone)
    return start, datetime.combine(date + timedelta(days=1), time.min, tzinfo=zone)


def validate_zone(name):
    """Raise ValidationError unless the name is in the time zone database, such as Asia/Kolkata."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” isn’t a time zone."), code="timezone", params={"name": name})
