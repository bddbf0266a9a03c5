"""Days in the URL (`?date=2026-11-23`), and the tabs of days above a list of showtimes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from moviebooking.templatetags import formats

WEEK = 7
FARTHEST = timedelta(days=400)  # no showtime is later, and date arithmetic ends at the year 9999


@dataclass(frozen=True)
class Day:
    """One tab."""

    date: date
    name: str  # "Today", "Tomorrow" or its weekday
    is_current: bool
    has_showtimes: bool = True


def read_day(text, *, today):
    """Return (date, "") for the text in the URL; (None, "") if it is empty.

    Return (None, sentence for people) if it isn't a date or nothing could be on sale on it.
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
    """Return the Days of the week that contains the chosen day, with weeks counted from today.

    `days` are the dates with a showtime; None if they are not known.
    """
    weeks = (chosen - today).days // WEEK if chosen else 0
    first = today + timedelta(days=weeks * WEEK)
    week = [first + timedelta(days=number) for number in range(WEEK)]
    return [Day(day, _name(day, today), day == chosen, days is None or day in days) for day in week]


def _name(day, today):
    near = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    return near.get(day) or formats.day(day, "E")
