"""The only writer of tickets and of a showtime's revision, and what SQL says about seats.

Call `issue`, `void`, `give_back` and `record_change` with the showtime's row locked. Each raises its
`seats_revision`, which puts the changes of the seats in one order; `issue` and `void` also count its
`available_seats` again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from theaters.models import Showtime

from .models import Booking, Ticket
from .querysets import BookingQuerySet
from .refusals import SeatsUnavailable
from .ticket_codes import new_link_code


@dataclass(frozen=True)
class SeatChange:
    """The seats that a transaction changed, as labels, and the showtime's revision after it."""

    revision: int
    seats: list[str]


def sold_seats(showtime_id: int, seats: Iterable[str]) -> list[str]:
    """Return the seats that have a valid ticket, in the order given."""
    labels = set(
        Ticket.objects.valid().filter(showtime_id=showtime_id, seat__in=seats).values_list("seat", flat=True)
    )
    return [seat for seat in seats if seat in labels]


def unavailable_seats(showtime: Showtime, seats: Iterable[str], *, booked: set[str]) -> list[str]:
    """Return the seats that have a ticket, are in `booked`, or are no longer in the layout."""
    layout = showtime.screen.seating.seats
    gone = booked.union(sold_seats(showtime.pk, seats))
    return [seat for seat in seats if seat in gone or seat not in layout]


def lost_seats(booking: Booking, now: datetime, *, late: bool) -> list[str]:
    """Return the seats that a paid booking can't have any more.

    A visitor who booked them after its deadline has them, even if `now`, taken before the provider was asked,
    is before the deadline. Past the deadline (`late`), the layout may have changed, too.
    """
    rivals = Booking.objects.payable(now).filter(showtime_id=booking.showtime_id).exclude(pk=booking.pk)
    if not late:
        rivals = rivals.filter(created_at__gte=booking.expires_at)
        return _sold_or_booked(booking.seats, rivals, booking.showtime_id)
    taken = _sold_or_booked(booking.seats, rivals, booking.showtime_id)
    gone = {*taken, *_lost_with_the_layout(booking)}
    return [seat for seat in booking.seats if seat in gone]


def issue(booking: Booking) -> SeatChange:
    """Create a ticket for each seat of the booking, or raise SeatsUnavailable and write nothing.

    The database refuses a seat that is sold. Ask `lost_seats` before.
    """
    rows = [Ticket(booking=booking, showtime_id=booking.showtime_id, seat=seat) for seat in booking.seats]
    try:
        with transaction.atomic():
            Ticket.objects.bulk_create(rows)
    except IntegrityError as error:
        raise SeatsUnavailable(sold_seats(booking.showtime_id, booking.seats) or booking.seats) from error
    return _count_and_record(booking)


def void(booking: Booking, *, now: datetime) -> SeatChange:
    """Keep the booking's tickets as void rows; their seats can be sold again."""
    booking.tickets.valid().update(voided_at=now)
    return _count_and_record(booking)


def give_back(booking: Booking, now: datetime) -> SeatChange:
    """Record that a payable booking ends, which frees its seats.

    A seat that another visitor has got is left out: `now`, taken before the row lock, may be too early.
    """
    gone = lost_seats(booking, now, late=False)
    return record_change(booking.showtime, [seat for seat in booking.seats if seat not in gone])


def record_change(showtime: Showtime, seats: list[str]) -> SeatChange:
    """Raise the revision of the showtime, which must have been read under its row lock, for these seats."""
    showtime.seats_revision += 1
    Showtime.objects.filter(pk=showtime.pk).update(seats_revision=showtime.seats_revision)
    return SeatChange(showtime.seats_revision, seats)


def _count_and_record(booking: Booking) -> SeatChange:
    """Record that the booking's tickets have changed, and count the available seats again.

    They are capacity − valid tickets, or 0 if the layout has become smaller than that.
    """
    showtime = booking.showtime
    valid: int = Ticket.objects.valid().filter(showtime=showtime).count()
    showtime.seats_revision += 1
    Showtime.objects.filter(pk=showtime.pk).update(
        seats_revision=showtime.seats_revision,
        available_seats=max(showtime.screen.seating.capacity - valid, 0),
    )
    return SeatChange(showtime.seats_revision, booking.seats)


def share(ticket: Ticket) -> Ticket:
    """Return the ticket with a link to share it by, which stays the same until sharing ends."""
    Ticket.objects.valid().filter(pk=ticket.pk, link_code=None).update(link_code=new_link_code())
    ticket.refresh_from_db(fields=["link_code"])
    return ticket


def end_sharing(ticket: Ticket) -> None:
    """End the ticket's link. Sharing the ticket again makes another one."""
    Ticket.objects.filter(pk=ticket.pk).update(link_code=None)


def _sold_or_booked(seats: Iterable[str], bookings: BookingQuerySet, showtime_id: int) -> list[str]:
    booked = {seat for labels in bookings.values_list("seats", flat=True) for seat in labels}
    gone = booked.union(sold_seats(showtime_id, seats))
    return [seat for seat in seats if seat in gone]


def _lost_with_the_layout(booking: Booking) -> list[str]:
    """Return the booking's seats that the layout has no longer, or only in a lower class."""
    layout = booking.showtime.screen.seating
    promised = {
        label: name for name, _price, labels in booking.quote_lines.get("lines", []) for label in labels
    }
    return [seat for seat in booking.seats if not layout.offers(seat, promised.get(seat))]
