"""Showtimes whose time zone changes: with a city's time zone, a theater's city or a screen's theater.

A start is stored in UTC, so another time zone alone would move the hour for which visitors have bought. The
change is refused while seats are sold. Unsold showtimes keep their local hour, as staff typed it.

The forms call `refuse_time_zone` to show the error at its field. `save()` calls `change_time_zone`, which
checks again under row locks: a seat can be sold between the two.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import ngettext

from moviebooking.row_locks import lock_all

from . import sold_seats
from .stored_rows import replaced_row
from .templatetags.theater_time import in_zone


class ShowtimesSold(ValidationError):  # noqa: N818 (a refusal, named for what it says)
    """Seats of upcoming showtimes are sold, or are being paid for."""

    def __init__(self, showtimes, field):
        message = ngettext(
            "Seats are sold for an upcoming showtime that this would move: %(first)s. Cancel it, which "
            "refunds everyone, or wait until it is over.",
            "Seats are sold for %(count)d upcoming showtimes that this would move, first %(first)s. Cancel "
            "them, which refunds everyone, or wait until they are over.",
            len(showtimes),
        )
        params = {"count": len(showtimes), "first": showtimes[0]}
        super().__init__({field: ValidationError(message, code="sold", params=params)})
        self.showtimes = showtimes


def refuse_time_zone(place, *, field, now):
    """Raise ShowtimesSold if the changed `field` of a city, theater or screen would move sold showtimes."""
    if replaced_row(place, field):
        _refuse_sold(place.showtimes, field=field, now=now)


def change_time_zone(place, *, field, now, update_fields=None):
    """Let the upcoming showtimes of a city, theater or screen keep their local hour if `field` changes.

    Lock them and raise ShowtimesSold if seats of one are sold. Call in the transaction that saves the place
    and before it is saved. Where the new time zone skips the hour, the start is an hour later.
    """
    stored = replaced_row(place, field, update_fields)
    if stored:
        _keep_hours(place.showtimes, field=field, now=now, old=stored.zone, new=place.zone)


@transaction.atomic
def _keep_hours(showtimes, *, field, now, old, new):
    coming = showtimes.filter(start_time__gt=now)
    locked = lock_all(coming, of=("self",))
    _refuse_sold(showtimes, field=field, now=now)
    for showtime in locked:
        showtime.start_time = in_zone(showtime.start_time, old).replace(tzinfo=new)
    coming.model.objects.bulk_update(locked, ["start_time"], batch_size=500)


def _refuse_sold(showtimes, *, field, now):
    sold = sold_seats.with_sold_seats(showtimes.on_sale(now), now).for_cards()
    if sold:
        raise ShowtimesSold(list(sold), field)
