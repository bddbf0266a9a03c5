"""The outing as an iCalendar file, in the hall's own time zone."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from theaters.templatetags.theater_time import times


def calendar_file(booking):
    """The .ics of a CONFIRMED booking (`for_pages`): opened again after a change, it is the same entry."""
    showtime, screen = booking.showtime, booking.showtime.screen
    link = settings.SITE_URL + booking.get_absolute_url()
    event = Event()
    event.add("uid", f"{booking.reference}@moviebooking")
    event.add("dtstamp", booking.confirmed_at or booking.created_at)
    event.add("dtstart", _moment(showtime.local_start))
    event.add("dtend", _moment(showtime.local_end))
    place = {"movie": showtime.movie.title, "cinema": screen.theater.name}
    event.add("summary", _("%(movie)s at %(cinema)s") % place)
    event.add("location", f"{screen.theater.name}, {screen.theater.address}")
    seats = {"screen": screen.name, "seats": ", ".join(booking.seats), "reference": booking.reference}
    words = _("%(screen)s, seats %(seats)s. Booking ID %(reference)s.") % seats
    event.add("description", f"{times(showtime)}\n{words}\n{link}")
    event.add("url", link)
    calendar = Calendar()
    calendar.add("prodid", "-//MovieBooking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _moment(local_time):
    """A plain datetime of the same zone: the library asks what kind of thing it is given."""
    return datetime.combine(local_time.date(), local_time.timetz())
