"""Seats with a valid ticket or a payable booking, which changes in the admin must leave in place."""

from django.db.models import Count, Exists, OuterRef

from .models import Booking, Ticket


def labels(showtimes, now):
    """Return the set of seat labels that tickets or payable bookings of these showtimes name."""
    ticketed = Ticket.objects.valid().filter(showtime__in=showtimes).values_list("seat", flat=True)
    booked = Booking.objects.payable(now).filter(showtime__in=showtimes).values_list("seats", flat=True)
    return set(ticketed).union(*booked)


def showtimes_with_any(showtimes, now):
    """Return those of the showtimes that have a valid ticket or a payable booking."""
    tickets = Ticket.objects.valid().filter(showtime=OuterRef("pk"))
    bookings = Booking.objects.payable(now).filter(showtime=OuterRef("pk"))
    return showtimes.filter(Exists(tickets) | Exists(bookings))


def ticket_counts(showtimes):
    """Return {showtime's key: number of valid tickets} for those of the showtimes that have one."""
    tickets = Ticket.objects.valid().filter(showtime__in=showtimes).order_by()
    return dict(tickets.values_list("showtime").annotate(Count("pk")))
