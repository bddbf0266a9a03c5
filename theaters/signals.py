"""Clear the catalogue cache when public pages change, and send due alerts when showtimes are added."""

from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from movies import alerts, catalogue

from .models import City, Screen, SeatPrice, Showtime, Theater


def clear_catalogue_cache(**kwargs):
    catalogue.touch()


def send_alerts(instance, created, **kwargs):
    """Bulk creation sends no signal; the command `tell_alerts` sends alerts for it."""
    if created:
        alerts.send_due(now=timezone.now(), movie_id=instance.movie_id)


for model in (City, Theater, Screen, Showtime, SeatPrice):
    for signal in (post_save, post_delete):
        signal.connect(clear_catalogue_cache, sender=model)
post_save.connect(send_alerts, sender=Showtime)
