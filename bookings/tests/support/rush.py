"""A rush for one showtime: visitors who look, hold, book, pay, fail to pay and drop, all at once."""

from collections import Counter
from contextlib import contextmanager
from functools import partial
from unittest import mock

from django.utils import timezone

from bookings import checkout
from bookings.models import Booking
from bookings.money import settlement
from bookings.refusals import BookingRefused, HoldsUnavailable
from bookings.seats import holds, live_map

from .races import race
from .steps import hold, start_booking

TRIES = 12


class Rush:
    """`refusals` counts the names of refusals, and `fills` the maps built from SQL that were kept or refused.

    HoldsUnavailable counts where the map was to blame; a Redis too slow for a busy machine is another matter.
    """

    def __init__(self, showtime, visitors):
        self.showtime, self.visitors = showtime, visitors
        self.refusals, self.fills = Counter(), Counter()

    def run(self):
        with self._counted_fills():
            outcomes = race(*[partial(self._visit, *one) for one in enumerate(self.visitors)])
        for error in filter(None, outcomes):
            raise error

    def _visit(self, number, visitor):
        for attempt in range(TRIES):
            status = live_map.seat_status(self.showtime.pk, user_id=visitor.pk, now=timezone.now())
            free = status.snapshot.in_order(status.free)
            if status.left != "some":
                continue
            first = (number * 7 + attempt) % len(free)
            if booking := self._book(visitor, free[first : first + 2]):
                self._end(booking, (number + attempt) % 4)

    def _book(self, visitor, seats):
        """Hold and book the seats, with a second click. Return the booking, or None if that was refused."""
        try:
            hold(visitor, self.showtime, seats)
            booking = start_booking(visitor, self.showtime, seats)
        except BookingRefused as refusal:
            if not (isinstance(refusal, HoldsUnavailable) and refusal.__cause__):
                self.refusals[type(refusal).__name__] += 1
            return Booking.objects.payable(timezone.now()).of(visitor).first()
        try:
            start_booking(visitor, self.showtime, seats)
        except BookingRefused as refusal:
            self.refusals[f"second click: {type(refusal).__name__}"] += 1
        return booking

    def _end(self, booking, how):
        if how == 0:
            checkout.drop_booking(booking=booking, now=timezone.now())
        else:
            settlement.pay_demo(booking=booking, succeeds=how > 1, now=timezone.now())

    @contextmanager
    def _counted_fills(self):
        fill = holds.fill

        def fill_and_count(*args, **named):
            kept = fill(*args, **named)
            self.fills["kept" if kept else "refused"] += 1
            return kept

        with mock.patch.object(holds, "fill", fill_and_count):
            yield
