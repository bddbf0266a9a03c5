"""The only writer of Ticket and of Showtime.available_seats, and what SQL says about seats.

Call everything here with the showtime's row locked.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from theaters.models import Showtime

from .models import Booking, Ticket
from .querysets import BookingQuerySet
from .refusals import SeatsUnavailable
from .ticket_codes import new_link_code


def sold(showtime_id: int, seats: Iterable[str]) -> list[str]:
    """Return the seats that have a valid ticket, in the order given."""
    labels = set(
        Ticket.objects.valid().filter(showtime_id=showtime_id, seat__in=seats).values_list("seat", flat=True)
    )
    return [seat for seat in seats if seat in labels]


def unavailable(showtime: Showtime, seats: Iterable[str], now: datetime) -> list[str]:
    """Return the seats that have a ticket or a payable booking, or are no longer in the layout."""
    layout = showtime.screen.seating.seats
    gone = _sold_or_booked(seats, Booking.objects.payable(now).filter(showtime=showtime), showtime.pk)
    return [seat for seat in seats if seat in gone or seat not in layout]


def lost(booking: Booking, now: datetime, *, late: bool) -> list[str]:
    """Return the seats that a paid booking can't have any more.

    Whoever booked after its deadline has won, even where `now`, taken before the provider was asked, has not
    reached the deadline yet. Past the deadline (`late`), the layout may have changed as well.
    """
    rivals = Booking.objects.payable(now).filter(showtime_id=booking.showtime_id).exclude(pk=booking.pk)
    if not late:
        rivals = rivals.filter(created_at__gte=booking.expires_at)
        return _sold_or_booked(booking.seats, rivals, booking.showtime_id)
    taken = _sold_or_booked(booking.seats, rivals, booking.showtime_id)
    gone = {*taken, *_lost_with_the_layout(booking)}
    return [seat for seat in booking.seats if seat in gone]


def issue(booking: Booking) -> None:
    """One ticket a seat of the booking. Raises SeatsUnavailable, with nothing written, when one is sold."""
    if gone := sold(booking.showtime_id, booking.seats):
        raise SeatsUnavailable(gone)
    rows = [Ticket(booking=booking, showtime_id=booking.showtime_id, seat=seat) for seat in booking.seats]
    try:
        with transaction.atomic():
            Ticket.objects.bulk_create(rows)
    except IntegrityError as error:  # only where the caller held no lock
        raise SeatsUnavailable(sold(booking.showtime_id, booking.seats) or booking.seats) from error
    count_again(booking.showtime_id)


def void(booking: Booking, *, now: datetime) -> None:
    """Keep the booking's tickets as void rows; their seats can be sold again."""
    booking.tickets.valid().update(voided_at=now)
    count_again(booking.showtime_id)


def count_again(showtime_id: int) -> None:
    """available_seats = capacity − valid tickets; zero where a hall was made smaller since it was sold."""
    showtime = Showtime.objects.select_related("screen").get(pk=showtime_id)
    valid = Ticket.objects.valid().filter(showtime_id=showtime_id).count()
    Showtime.objects.filter(pk=showtime_id).update(
        available_seats=max(showtime.screen.seating.capacity - valid, 0)
    )


def hand_over(ticket: Ticket) -> Ticket:
    """Give one ticket a link of its own, for a friend; the same link for as long as it is not taken back."""
    Ticket.objects.valid().filter(pk=ticket.pk, link_code=None).update(link_code=new_link_code())
    ticket.refresh_from_db(fields=["link_code"])
    return ticket


def take_back(ticket: Ticket) -> None:
    """The link leads nowhere from now on; handing over again makes another one."""
    Ticket.objects.filter(pk=ticket.pk).update(link_code=None)


def _sold_or_booked(seats: Iterable[str], bookings: BookingQuerySet, showtime_id: int) -> list[str]:
    booked = {seat for labels in bookings.values_list("seats", flat=True) for seat in labels}
    gone = booked.union(sold(showtime_id, seats))
    return [seat for seat in seats if seat in gone]


def _lost_with_the_layout(booking: Booking) -> list[str]:
    """Return the booking's seats that the layout has no longer, or only in a lower class."""
    layout = booking.showtime.screen.seating
    promised = {
        label: name for name, _price, labels in booking.quote_lines.get("lines", []) for label in labels
    }
    return [seat for seat in booking.seats if not layout.offers(seat, promised.get(seat))]
