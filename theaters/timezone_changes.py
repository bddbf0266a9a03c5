"""Showtimes that get another clock: by a city's time zone, a theater's city or a screen's theater.

A start is stored as a moment, so another clock alone would move the hour that visitors have bought. The
change is refused while seats are sold. Unsold showtimes keep their hour, as somebody typed it.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import ngettext

from . import sold_seats
from .templatetags.theater_time import hall_time


class ShowtimesSold(ValidationError):  # noqa: N818 (a refusal, named for what it says)
    """Seats of coming showtimes are sold, or are being paid for."""

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


def replaced(row, name, update_fields=None):
    """The row as it is stored, where saving it would change that field; else None."""
    field = row._meta.get_field(name)
    is_written = update_fields is None or {field.name, field.attname} & set(update_fields)
    if row._state.adding or not is_written:
        return None
    stored = type(row)._default_manager.filter(pk=row.pk).first()
    changes = stored and getattr(stored, field.attname) != getattr(row, field.attname)
    return stored if changes else None


def refuse_sold(showtimes, *, field, now):
    """Raise ShowtimesSold, on the form's `field`, where seats of those to come are sold."""
    sold = sold_seats.with_sold_seats(showtimes.on_sale(now), now).for_cards()
    if sold:
        raise ShowtimesSold(list(sold), field)


@transaction.atomic
def keep_hours(showtimes, *, field, now, old, new):
    """Lock the coming showtimes, refuse the change where one of them is sold, and have the others start at
    the same hour of the new clock. An hour that the new clock skips becomes the one after it."""
    coming = showtimes.filter(start_time__gt=now)
    locked = list(coming.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    refuse_sold(showtimes, field=field, now=now)
    for showtime in locked:
        showtime.start_time = hall_time(showtime.start_time, old).replace(tzinfo=new)
    coming.model.objects.bulk_update(locked, ["start_time"], batch_size=500)
