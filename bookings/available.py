"""What SQL says of seats that somebody wants. To be asked under the showtime's row lock."""

from . import tickets
from .models import Booking


def taken(showtime, seats, now):
    """Which of the seats have a ticket or a live PENDING booking, or are no longer in the hall."""
    hall = showtime.screen.seating.seats
    gone = _gone(seats, Booking.objects.live(now).filter(showtime=showtime), showtime.pk)
    return [seat for seat in seats if seat in gone or seat not in hall]


def lost(booking, now, *, late):
    """Which of its seats a booking that is paid for can't have any more.

    Whoever booked after its deadline has won, even where `now`, taken before the provider was asked, has not
    seen the deadline yet. Past the deadline (`late`) the hall may have been given another layout, too.
    """
    rivals = Booking.objects.live(now).filter(showtime_id=booking.showtime_id).exclude(pk=booking.pk)
    if not late:
        return _gone(booking.seats, rivals.filter(created_at__gte=booking.expires_at), booking.showtime_id)
    gone = {*_gone(booking.seats, rivals, booking.showtime_id), *_lost_with_the_layout(booking)}
    return [seat for seat in booking.seats if seat in gone]


def _gone(seats, bookings, showtime_id):
    protected = {seat for labels in bookings.values_list("seats", flat=True) for seat in labels}
    gone = protected.union(tickets.taken(showtime_id, seats))
    return [seat for seat in seats if seat in gone]


def _lost_with_the_layout(booking):
    """Which of the booking's seats the hall has no longer, or only as lesser ones."""
    layout = booking.showtime.screen.seating
    promised = {
        label: name for name, _price, labels in booking.quote_lines.get("lines", []) for label in labels
    }
    return [seat for seat in booking.seats if not layout.offers(seat, promised.get(seat))]
