"""Layouts of seats that are on sale: a screen's layout is changed, or a showtime moves to another screen.

A layout may change around the seats that are sold. A showtime with sold seats stays on its screen, since
nobody would tell the people who have tickets where to go.

The forms call `refuse_lost_seats` to show the error at its field. `save()` calls `change_layout` and
`move_to_screen`, which check again under row locks: a seat can be sold between the two.

`Showtime.available_seats` belongs to `bookings.tickets`. This module is the one exception, since a changed
capacity moves it without a ticket: it is counted from the valid tickets, in the caller's transaction, with
the showtimes' rows locked in the order of their keys, so that no ticket can be issued in between. (SQLite
has no row locks; its IMMEDIATE transactions keep writers apart.)
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moviebooking.row_locks import lock, lock_all

from . import layout as seating
from . import sold_seats


class SeatsLost(ValidationError):  # noqa: N818 (a refusal, named for what it says)
    """Seats that are paid for, or being paid for, would be gone or in a lower class."""

    def __init__(self, seats):
        message = ngettext(
            "Seat %(seats)s is sold for an upcoming show and would disappear.",
            "Seats %(seats)s are sold for upcoming shows and would disappear.",
            len(seats),
        )
        super().__init__({"layout": message % {"seats": ", ".join(seats)}}, code="seats_lost")
        self.seats = seats


class SeatsSold(ValidationError):  # noqa: N818
    """Seats are paid for, or being paid for, at the showtime whose `field` would change."""

    def __init__(self, field):
        message = _("Seats are sold for it. Cancel this showtime, which refunds everyone, and add another.")
        super().__init__({field: ValidationError(message, code="sold")})


def refuse_lost_seats(screen, *, old, now):
    """Raise SeatsLost if the screen's layout, replacing the layout text `old`, would take a sold seat away.

    An old layout that can't be parsed, written past the model, has no seats that could be lost.
    """
    try:
        before = seating.parse(old)
    except seating.LayoutError:
        return
    lost = before.lost_in(screen.seating, sold_seats.sold_labels(screen.showtimes.on_sale(now), now))
    if lost:
        raise SeatsLost(lost)


@transaction.atomic
def change_layout(screen, *, old, now):
    """Make the screen's showtimes follow its layout, which replaces the layout text `old`.

    Lock the showtimes, raise SeatsLost if a sold seat would go, and update their free seats and lowest
    prices. Call in the transaction that saves the screen. A showtime that has begun keeps its tickets
    whatever the layout is now, so its free seats stop at zero.
    """
    showtimes = lock_all(screen.showtimes.prefetch_related("seat_prices"))
    refuse_lost_seats(screen, old=old, now=now)
    ticket_counts = sold_seats.ticket_counts(screen.showtimes.all())
    for showtime in showtimes:
        showtime.available_seats = max(screen.seating.capacity - ticket_counts.get(showtime.pk, 0), 0)
        showtime.screen = screen
        showtime.price_cheapest()
    screen.showtimes.bulk_update(showtimes, ["available_seats", "lowest_price"], batch_size=500)


@transaction.atomic
def move_to_screen(showtime, *, now):
    """Prepare the showtime for its new screen: lock its row and set `available_seats`.

    Raise SeatsSold if one of its seats is sold. Call in the transaction that saves the showtime.
    """
    this = type(showtime).objects.filter(pk=showtime.pk)
    lock(this, showtime.pk)
    if sold_seats.sold_labels(this, now):
        raise SeatsSold("screen")
    showtime.available_seats = showtime.screen.seating.capacity
