"""A row that public pages show is saved: what they remember is dropped, and who waits for a movie is told."""

from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from movies import alerts, catalogue

from .models import City, Screen, SeatPrice, Showtime, Theater


def forget_public_pages(**kwargs):
    catalogue.touch()


def tell_who_waits(instance, created, **kwargs):
    """Rows made in bulk send no signal: `tell_alerts` finds what they opened."""
    if created:
        alerts.send_due(now=timezone.now(), movie_id=instance.movie_id)


for model in (City, Theater, Screen, Showtime, SeatPrice):
    for signal in (post_save, post_delete):
        signal.connect(forget_public_pages, sender=model)
post_save.connect(tell_who_waits, sender=Showtime)
