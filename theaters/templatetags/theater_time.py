"""Times as the clock on the hall's wall shows them; its filters are in every template."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

from django import template
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moviebooking.templatetags.formats import clock, clock_span

register = template.Library()


class HallTime(datetime):
    """An aware datetime in a hall's own zone. Templates print it as it is, in no other zone."""

    convert_to_local_time = False  # asked for by Django's `date` and `time` filters


def hall_time(moment, zone):
    """That moment on the hall's clock."""
    return HallTime.fromtimestamp(moment.timestamp(), tz=zone)


def on_clock(naive, zone):
    """The moment at which the hall's clock shows that date and time, the earlier one where it does so twice.

    Raises ValidationError on `start_time` where it never does, because it is put forward over that hour.
    """
    moment = naive.replace(tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        message = _("Clocks go forward that day, so there is no %(time)s.")
        error = ValidationError(message, code="skipped", params={"time": clock(naive)})
        raise ValidationError({"start_time": error})
    return moment


@register.filter
def at_hall(moment, showtime):
    """That moment on the clock of the showtime's hall; None stays None."""
    return moment and hall_time(moment, showtime.zone)


@register.filter
def times(showtime):
    """Doors, ads and movie in the reader's words, on the cinema's clock."""
    said = {
        "doors": clock(showtime.local_doors),
        "ads": clock(showtime.local_start),
        "movie": clock_span(showtime.local_movie_start, showtime.local_end),
    }
    if showtime.movie_starts_at == showtime.start_time:
        return gettext("Doors %(doors)s · Movie %(movie)s") % said
    return gettext("Doors %(doors)s · Ads %(ads)s · Movie %(movie)s") % said


def day_bounds(date, zone):
    """The first moment of the hall's day and of the one after it."""
    start = datetime.combine(date, time.min, tzinfo=zone)
    return start, datetime.combine(date + timedelta(days=1), time.min, tzinfo=zone)


def validate_zone(name):
    """Only names of the time zone database, such as Asia/Kolkata."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” isn’t a time zone."), code="timezone", params={"name": name})
