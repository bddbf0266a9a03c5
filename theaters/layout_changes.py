"""Another map for seats that are already being sold: a screen's changed layout, or a showtime's other screen.

A layout may change around the seats that are sold; a showtime with sold seats stays on its screen, for nobody
would tell the people who have tickets where to go.

`Showtime.available_seats` belongs to `bookings.tickets`. What is here is the one exception, since a
capacity that changes moves the count without a ticket: it is written from the valid tickets, in the caller's
transaction, with the showtimes' rows locked in the order of their keys, so that no ticket can be made in
between. (SQLite knows no row locks; there the transaction, which is IMMEDIATE, keeps writers apart.)
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moviebooking.row_locks import lock, lock_all

from . import layout as seating
from . import sold_seats


class SeatsLost(ValidationError):  # noqa: N818 (a refusal, named for what it says)
    """Seats that somebody has paid for, or is paying for, would be gone or be lesser ones."""

    def __init__(self, seats):
        message = ngettext(
            "Seat %(seats)s is sold for an upcoming show and would disappear.",
            "Seats %(seats)s are sold for upcoming shows and would disappear.",
            len(seats),
        )
        super().__init__({"layout": message % {"seats": ", ".join(seats)}}, code="seats_lost")
        self.seats = seats


class SeatsSold(ValidationError):  # noqa: N818
    """Somebody has paid, or is paying, for what the form's `field` would change."""

    def __init__(self, field):
        message = _("Seats are sold for it. Cancel this showtime, which refunds everyone, and add another.")
        super().__init__({field: ValidationError(message, code="sold")})


def refuse_lost_by_layout(screen, *, old, now):
    """Raise SeatsLost when the screen's layout, put in the place of `old`, would take a sold seat away.

    An old one that can't be read, written past the model, has no seats that could be lost.
    """
    try:
        before = seating.parse(old)
    except seating.LayoutError:
        return
    lost = before.lost_in(screen.seating, sold_seats.sold_labels(screen.showtimes.on_sale(now), now))
    if lost:
        raise SeatsLost(lost)


@transaction.atomic
def follow_layout(screen, *, old, now):
    """Lock the screen's showtimes, refuse what would be lost, count their free seats and find their
    lowest prices anew.

    One that has begun keeps its tickets whatever the hall looks like now, so its count stops at zero.
    """
    showtimes = lock_all(screen.showtimes.prefetch_related("seat_prices"))
    refuse_lost_by_layout(screen, old=old, now=now)
    valid = sold_seats.ticket_counts(screen.showtimes.all())
    for showtime in showtimes:
        showtime.available_seats = max(screen.seating.capacity - valid.get(showtime.pk, 0), 0)
        showtime.screen = screen
        showtime.price_cheapest()
    screen.showtimes.bulk_update(showtimes, ["available_seats", "lowest_price"], batch_size=500)


@transaction.atomic
def follow_screen(showtime, *, now):
    """Lock the showtime that moves to another screen and set its free seats. Raise SeatsSold."""
    this = type(showtime).objects.filter(pk=showtime.pk)
    lock(this, showtime.pk)
    if sold_seats.sold_labels(this, now):
        raise SeatsSold("screen")
    showtime.available_seats = showtime.screen.seating.capacity
