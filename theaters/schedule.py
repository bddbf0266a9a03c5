"""Rules for when showtimes may run, used by model validation and the admin; and copying showtimes."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from moviebooking.templatetags.formats import clock

from . import layout_changes, sold_seats
from .templatetags.theater_time import from_local, in_zone

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
FURTHEST = timedelta(days=5 * 365)  # from now


def refuse_far_start(start, *, now):
    """Raise ValidationError on `start_time` for a year that must be a typing mistake.

    Date arithmetic also fails at the ends of the calendar.
    """
    if not EARLIEST <= start <= now + FURTHEST:
        message = _("A showtime has to start after the year 1900 and within the next five years.")
        raise ValidationError({"start_time": ValidationError(message, code="far")})


def refuse_overlap(showtime):
    """Raise ValidationError on `start_time` if the screen is in use then by another showtime.

    A showtime uses its screen for ads, movie and cleaning; a cancelled one doesn't use it.
    """
    if showtime.is_cancelled:
        return
    same_screen = type(showtime).objects.filter(screen=showtime.screen_id, cancelled_at=None)
    others = same_screen.exclude(pk=showtime.pk).for_cards()
    for other in others.around(showtime.start_time, showtime.screen_free_at):
        if other.screen_free_at > showtime.start_time:
            times = {
                "movie": other.movie,
                "start": clock(other.local_start),
                "free": clock(in_zone(other.screen_free_at, other.zone)),
            }
            message = _("Overlaps %(movie)s (screen in use from %(start)s to %(free)s, including cleaning).")
            raise ValidationError({"start_time": ValidationError(message, code="overlap", params=times)})


def clashes(showtimes, *, now):
    """Return [(showtime, the earlier one that still uses its screen)] for upcoming showtimes that overlap.

    A longer movie or cleaning time is saved without moving showtimes; this tells staff what to fix.
    """
    running = showtimes.filter(cancelled_at=None).for_cards().around(now, now + FURTHEST)
    found, before = [], None
    for showtime in running.order_by("screen_id", "start_time"):
        if before and before.screen_id != showtime.screen_id:
            before = None
        if before and now < showtime.start_time < before.screen_free_at:
            found.append((showtime, before))
        if before is None or before.screen_free_at < showtime.screen_free_at:
            before = showtime
    return sorted(found, key=lambda pair: pair[0].start_time)


def refuse_change_after_sale(showtime, *, now):
    """Raise SeatsSold, on its field, if the movie, start or screen of a showtime with sold seats changes."""
    this = type(showtime).objects.filter(pk=showtime.pk)
    stored = this.first()
    if stored is None or not sold_seats.sold_labels(this, now):
        return
    for name in ("movie_id", "start_time", "screen_id"):
        if getattr(stored, name) != getattr(showtime, name):
            raise layout_changes.SeatsSold(name.removesuffix("_id"))


def by_movie(showtimes):
    """Return [(movie, its showtimes in the order given)], ordered by title."""
    movies = {}
    for showtime in showtimes:
        movies.setdefault(showtime.movie, []).append(showtime)
    return sorted(movies.items(), key=lambda item: (item[0].title, item[0].pk))


def copy(showtimes, *, days):
    """Copy the showtimes, with their seat prices, to the same local hour `days` later.

    Return (added, refused). `refused` has (showtime, reasons) for those that are cancelled or can't run then.
    """
    added, refused = [], []
    for showtime in showtimes.for_cards().prefetch_related("seat_prices"):
        try:
            added.append(_copy_one(showtime, days))
        except ValidationError as error:
            refused.append((showtime, error.messages))
    return added, refused


@transaction.atomic
def _copy_one(showtime, days):
    if showtime.is_cancelled:
        raise ValidationError(_("It’s cancelled, so it wasn’t copied."), code="cancelled")
    twin = type(showtime)(
        movie=showtime.movie,
        screen=showtime.screen,
        start_time=_later(showtime.local_start, days),
        price=showtime.price,
        format=showtime.format,
        captions=showtime.captions,
        audio_description=showtime.audio_description,
    )
    twin.full_clean(exclude=["available_seats"])
    twin.save()
    for own in showtime.seat_prices.all():
        twin.seat_prices.create(seat_class=own.seat_class, price=own.price)
    return twin


def _later(local, days):
    """Return the same local time `days` later, also across a change of the clocks."""
    return from_local(datetime.combine(local.date() + timedelta(days=days), local.time()), local.tzinfo)
