"""What the public pages remember is dropped when a row that they show is saved or deleted."""

from django.db.models.signals import post_delete, post_save

from movies import catalogue

from .models import City, Screen, SeatPrice, Showtime, Theater


def forget_public_pages(**kwargs):
    catalogue.touch()


for model in (City, Theater, Screen, Showtime, SeatPrice):
    for signal in (post_save, post_delete):
        signal.connect(forget_public_pages, sender=model)
