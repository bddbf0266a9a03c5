"""Days in the address (`?date=2026-11-23`) and the strip of days above a list of showtimes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from moviebooking.templatetags import formats

WEEK = 7
FARTHEST = timedelta(days=400)  # nobody sells beyond it, and calendars end at the year 9999


@dataclass(frozen=True)
class Day:
    """A tab of the strip."""

    date: date
    name: str  # "Today", "Tomorrow" or its weekday
    is_current: bool
    has_showtimes: bool = True


def read_day(text, *, today):
    """(date, ""), or (None, sentence) where what the address asks for is no day that could be on sale.

    (None, "") where it asks for no day.
    """
    if not text:
        return None, ""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError:
        return None, _("“%(text)s” isn’t a date. Use this form: %(example)s.") % {
            "text": text[:40].replace("\0", "\N{REPLACEMENT CHARACTER}"),
            "example": today.isoformat(),
        }
    if day < today:
        return None, _("That day has passed.")
    if day > today + FARTHEST:
        return None, _("Tickets that far ahead aren’t on sale yet.")
    return day, ""


def strip(*, today, chosen=None, days=None):
    """The week of tabs that the chosen day is in, counted from today.

    `days` are those that have a showtime; None where that is not known.
    """
    weeks = (chosen - today).days // WEEK if chosen else 0
    first = today + timedelta(days=weeks * WEEK)
    week = [first + timedelta(days=number) for number in range(WEEK)]
    return [Day(day, _name(day, today), day == chosen, days is None or day in days) for day in week]


def _name(day, today):
    near = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    return near.get(day) or formats.day(day, "E")
