"""Sold seats. The app that sells them, a floor above, registers functions that answer at startup.

Here a seat is sold if it has been paid for, or if it is in a booking that can still be paid.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True)
class Sales:
    labels: Callable  # (showtimes, now) → set of the labels that are sold at one of the showtimes
    showtimes: Callable  # (showtimes, now) → queryset of those showtimes that have a sold seat
    ticket_counts: Callable  # (showtimes) → {key: number of valid tickets} of those that have one


_registered = []


def register(sales):
    """Set the Sales of this process. Call from `AppConfig.ready`."""
    _registered[:] = [sales]


def sold_labels(showtimes, now) -> set:
    return _registered[0].labels(showtimes, now)


def with_sold_seats(showtimes, now) -> QuerySet:
    return _registered[0].showtimes(showtimes, now)


def ticket_counts(showtimes) -> dict:
    return _registered[0].ticket_counts(showtimes)
