"""The only writer of Ticket and of Showtime.available_seats; called under `lifecycle`'s lock alone."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from theaters.models import Showtime

from .models import Booking, Ticket
from .references import new_link_code
from .refusals import SeatsUnavailable


def taken(showtime_id: int, seats: Iterable[str]) -> list[str]:
    """Which of these seats have a valid ticket, in the order given."""
    sold = set(
        Ticket.objects.valid().filter(showtime_id=showtime_id, seat__in=seats).values_list("seat", flat=True)
    )
    return [seat for seat in seats if seat in sold]


def issue(booking: Booking) -> None:
    """One ticket a seat of the booking. Raises SeatsUnavailable, with nothing written, when one is sold."""
    if gone := taken(booking.showtime_id, booking.seats):
        raise SeatsUnavailable(gone)
    rows = [Ticket(booking=booking, showtime_id=booking.showtime_id, seat=seat) for seat in booking.seats]
    try:
        with transaction.atomic():
            Ticket.objects.bulk_create(rows)
    except IntegrityError as error:  # only where the caller held no lock
        raise SeatsUnavailable(taken(booking.showtime_id, booking.seats) or booking.seats) from error
    count_again(booking.showtime_id)


def void(booking: Booking, *, now: datetime) -> None:
    """Keep the booking's tickets as void rows; their seats can be sold again."""
    booking.tickets.valid().update(voided_at=now)
    count_again(booking.showtime_id)


def count_again(showtime_id: int) -> None:
    """available_seats = capacity − valid tickets; zero where a hall was made smaller since it was sold."""
    showtime = Showtime.objects.select_related("screen").get(pk=showtime_id)
    sold = Ticket.objects.valid().filter(showtime_id=showtime_id).count()
    Showtime.objects.filter(pk=showtime_id).update(
        available_seats=max(showtime.screen.seating.capacity - sold, 0)
    )


def hand_over(ticket: Ticket) -> Ticket:
    """Give one ticket a link of its own, for a friend; the same link for as long as it is not taken back."""
    Ticket.objects.valid().filter(pk=ticket.pk, link_code=None).update(link_code=new_link_code())
    ticket.refresh_from_db(fields=["link_code"])
    return ticket


def take_back(ticket: Ticket) -> None:
    """The link leads nowhere from now on; handing over again makes another one."""
    Ticket.objects.filter(pk=ticket.pk).update(link_code=None)
