"""The showtimes of a movie or theater: the days that have one, and one day theater by theater."""

from dataclasses import dataclass, field
from datetime import date
from itertools import chain, groupby

from django.utils.translation import gettext as _

from moviebooking.templatetags import formats

from . import clocks, days


@dataclass(frozen=True)
class Programme:
    day: date | None  # None if nothing is on sale at all
    strip: list = field(default_factory=list)
    theaters: dict = field(default_factory=dict)  # theater → its showtimes of that day, earliest first
    notice: str = ""
    first_day: date | None = None
    next_week: date | None = None  # the first day with a showtime after the strip
    last_week: date | None = None  # the last one before it

    @property
    def showtimes(self):
        return list(chain.from_iterable(self.theaters.values()))

    @property
    def cities(self):
        """Return [(city, [(theater, showtimes)])]."""
        by_city = groupby(self.theaters.items(), key=lambda item: item[0].city)
        return [(city, list(theaters)) for city, theaters in by_city]

    @property
    def formats(self):
        """Return the labels of the formats shown that day (2D, IMAX …) if there are several, else []."""
        found = list(dict.fromkeys(showtime.get_format_display() for showtime in self.showtimes))
        return found if len(found) > 1 else []

    @property
    def has_captions(self):
        return any(showtime.captions for showtime in self.showtimes)

    @property
    def has_audio_description(self):
        return any(showtime.audio_description for showtime in self.showtimes)


def programme(showtimes, *, zones, asked, now):
    """Return the Programme of the showtimes on the day `asked` (from the URL), else the first one.

    `zones` are the time zones of their theaters.
    """
    today = clocks.today(now, zones)
    chosen, notice = days.read_day(asked, today=today)
    open_days = showtimes.days(zones)
    if not open_days:
        return Programme(day=None, notice=notice)
    chosen = chosen or open_days[0]
    if chosen not in open_days and not notice:
        notice = _("No shows on %(day)s.") % {"day": formats.day(chosen, "wide")}
    strip = days.strip(today=today, chosen=chosen, days=open_days)
    return Programme(
        day=chosen,
        strip=strip,
        theaters=_by_theater(showtimes.on_day(chosen, zones).for_cards() if chosen in open_days else []),
        notice=notice,
        first_day=open_days[0],
        next_week=next((day for day in open_days if day > strip[-1].date), None),
        last_week=next((day for day in reversed(open_days) if day < strip[0].date), None),
    )


def _by_theater(showtimes):
    found = {}
    for showtime in showtimes:
        found.setdefault(showtime.screen.theater, []).append(showtime)
    return dict(sorted(found.items(), key=lambda item: (item[0].city.name, item[0].name)))
