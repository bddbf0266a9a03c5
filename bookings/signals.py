"""Cache invalidation: stale snapshots of showtimes, and a live map that SQL has outrun."""

import logging
from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from movies.models import Movie
from theaters.models import City, Screen, SeatPrice, Showtime, Theater

from .models import Booking, Ticket
from .refusals import HoldsUnavailable
from .seats import holds
from .seats.locks import drop_map

logger = logging.getLogger(__name__)


@receiver(post_save, sender=Showtime)
def showtime_changed(instance, created, **kwargs):
    if not created:
        _mark_stale_on_commit([instance.pk])


@receiver(post_delete, sender=Showtime)
def showtime_deleted(instance, **kwargs):
    _mark_stale_on_commit([instance.pk])


@receiver([post_save, post_delete], sender=SeatPrice)
def seat_price_changed(instance, **kwargs):
    _mark_stale_on_commit([instance.showtime_id])


@receiver(post_save, sender=Screen)
def screen_changed(instance, created, **kwargs):
    if not created:
        _mark_stale_on_commit(list(instance.showtimes.on_sale(timezone.now()).values_list("pk", flat=True)))


@receiver(post_save, sender=Theater)
def theater_changed(instance, created, **kwargs):
    if not created:
        on_sale = Showtime.objects.on_sale(timezone.now()).filter(screen__theater=instance)
        _mark_stale_on_commit(list(on_sale.values_list("pk", flat=True)))


@receiver(post_save, sender=Movie)
def movie_changed(instance, created, **kwargs):
    if not created:
        _mark_stale_on_commit(list(instance.showtimes.on_sale(timezone.now()).values_list("pk", flat=True)))


@receiver(post_save, sender=City)
def city_changed(instance, created, **kwargs):
    if not created:
        _mark_stale_on_commit(list(instance.showtimes.on_sale(timezone.now()).values_list("pk", flat=True)))


@receiver([post_save, post_delete], sender=Booking)
@receiver([post_save, post_delete], sender=Ticket)
def drop_map_on_commit(instance, **kwargs):
    """Show rows that are written past the site, in a shell or the admin, on the map at once.

    The site itself writes these rows by bulk_create() and update(), which send no signals, and tells the map
    where it knows that its transaction is over.
    """
    transaction.on_commit(partial(drop_map, instance.showtime_id, timezone.now()))


def _mark_stale_on_commit(showtime_ids):
    transaction.on_commit(partial(_mark_stale, showtime_ids))


def _mark_stale(showtime_ids):
    """If Redis is down, the processes' snapshots expire within LIVE_MAP_SECONDS."""
    try:
        for showtime_id in showtime_ids:
            holds.mark_snapshot_stale(showtime_id, now=timezone.now())
    except HoldsUnavailable:
        logger.warning("Redis was away when showtimes %s were changed", showtime_ids)
