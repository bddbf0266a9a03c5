"""Bookings for the tests of this floor, made by reverse relation: theaters import nothing from above."""

from datetime import timedelta

from django.utils import timezone

from moviebooking.testing import make_user


def sell(showtime, *seats, voided=False):
    """A CONFIRMED booking with a ticket a seat (void ones when it was cancelled), the free seats counted."""
    booking = showtime.bookings.create(
        user=make_user(), seats=list(seats), status="CONFIRMED", total_amount=100 * len(seats)
    )
    for seat in seats:
        booking.tickets.create(showtime=showtime, seat=seat, voided_at=timezone.now() if voided else None)
    if not voided:
        showtime.available_seats -= len(seats)
        showtime.save(update_fields=["available_seats"])
    return booking


def promise(showtime, *seats, minutes=10):
    """A PENDING booking that may be paid for so many minutes more; past its deadline when negative."""
    return showtime.bookings.create(
        user=make_user(),
        seats=list(seats),
        total_amount=100 * len(seats),
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )
