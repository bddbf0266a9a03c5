"""Bookings for the tests of theaters, created by reverse relations: no import from bookings."""

from datetime import timedelta

from django.utils import timezone

from moviebooking.testing import make_user


def sell(showtime, *seats, voided=False):
    """Create a CONFIRMED booking with one ticket per seat, and update `available_seats`."""
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
    """Create a PENDING booking that ends in that many minutes; negative ones are past the deadline."""
    return showtime.bookings.create(
        user=make_user(),
        seats=list(seats),
        total_amount=100 * len(seats),
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )
