"""A booking's showtime as an iCalendar file, in the theater's time zone."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from theaters.templatetags.theater_time import times


def calendar_file(booking):
    """Return the iCalendar file of a CONFIRMED booking, read with `for_pages()`.

    Its UID is the booking's reference, so a newer file updates the same calendar entry.
    """
    showtime, screen = booking.showtime, booking.showtime.screen
    link = settings.SITE_URL + booking.get_absolute_url()
    event = Event()
    event.add("uid", f"{booking.reference}@moviebooking")
    event.add("dtstamp", booking.confirmed_at or booking.created_at)
    event.add("dtstart", _plain_datetime(showtime.local_start))
    event.add("dtend", _plain_datetime(showtime.local_end))
    names = {"movie": showtime.movie.title, "cinema": screen.theater.name}
    event.add("summary", _("%(movie)s at %(cinema)s") % names)
    event.add("location", f"{screen.theater.name}, {screen.theater.address}")
    seats = {"screen": screen.name, "seats": ", ".join(booking.seats), "reference": booking.reference}
    details = _("%(screen)s, seats %(seats)s. Booking ID %(reference)s.") % seats
    event.add("description", f"{times(showtime)}\n{details}\n{link}")
    event.add("url", link)
    calendar = Calendar()
    calendar.add("prodid", "-//MovieBooking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _plain_datetime(local_time):
    """Return the same time as a plain datetime: icalendar checks the exact type."""
    return datetime.combine(local_time.date(), local_time.timetz())
