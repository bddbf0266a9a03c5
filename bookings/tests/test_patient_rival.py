"""A visitor who does all they can to keep one seat without paying, and a rival who tries every quarter of a
second: the rival gets it within the ceiling and the time to pay.
"""

from contextlib import suppress
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bookings import checkout, lifecycle
from bookings.models import Booking
from bookings.money import settlement
from bookings.refusals import BookingRefused
from bookings.seats import holds, live_map
from moviebooking.testing import make_movie, make_screen

from .support.steps import BookingTestCase, hold, make_showtime, make_user, start_booking

SEAT, OTHER = "A1", "A2"
TRIES_EVERY = timedelta(seconds=0.25)
MOMENT = timedelta(milliseconds=1)
BOUND = timedelta(seconds=1800 + 600 + 1)  # ceiling, time to pay, and what a try comes late

actions = st.sampled_from(["hold", "hold both", "hold other", "release", "book", "drop", "fail", "sweep"])
moments = st.sampled_from(
    ["now", "a moment later", "three minutes", "before it ends", "as it ends", "after it ended", "ceiling"]
)
steps = st.lists(st.tuples(moments, actions), max_size=30)
# The way that keeps the seat for as long as possible where nothing stops it.
NEVER_ENDING = [
    ("before it ends", "hold"),
    ("before it ends", "hold"),
    ("before it ends", "book"),
    ("before it ends", "drop"),
    ("now", "hold"),
] * 4
LAST_SECOND = [("before it ends", "hold"), ("before it ends", "hold"), ("ceiling", "hold")] * 5


class Attempt:
    """One visitor's steps for one showtime. `longest` is how long the rival had to wait."""

    def __init__(self, case):
        self.case, self.longest = case, timedelta(0)
        self.showtime = make_showtime(movie=case.movie, screen=case.screen, starts_in=timedelta(days=7))
        self.start = self.now = self.first = timezone.now().replace(microsecond=0)
        self.kept_since = None

    def run(self, steps):
        for moment, action in [("now", "hold"), *steps]:
            self.wait(self.moment(moment))
            with suppress(BookingRefused):
                self.act(action)
            if self.kept_since is None and self.ends() > self.now:
                self.kept_since = self.first = self.now
        self.wait(self.ends() + TRIES_EVERY)
        return self.longest

    def moment(self, name):
        ends = self.ends()
        return {
            "now": self.now,
            "a moment later": self.now + MOMENT,
            "three minutes": self.now + timedelta(minutes=3),
            "before it ends": ends - MOMENT,
            "as it ends": ends,
            "after it ended": ends + TRIES_EVERY / 2,
            "ceiling": self.first + timedelta(seconds=settings.SEAT_HOLD_CEILING_SECONDS),
        }[name]

    def wait(self, until):
        """The rival holds the seat as soon as it is free, and releases it at once."""
        free, until = self.ends(), max(until, self.now)
        chance = self.start + ceil((free - self.start) / TRIES_EVERY) * TRIES_EVERY
        if self.kept_since is not None and chance < until:
            rival = make_user(email="")
            hold(rival, self.showtime, [SEAT], now=chance)
            checkout.release_seats(user_id=rival.pk, showtime_id=self.showtime.pk, now=chance)
            self.longest = max(self.longest, chance - self.kept_since)
            self.kept_since = None
        self.now = until

    def ends(self):
        """Return when the seat will be free if nobody does anything, or now if it is."""
        live = self.live()
        deadlines = [lock[SEAT].deadline for lock in (live.locks, live.pending) if SEAT in lock]
        return max([self.now, *deadlines])

    def act(self, action):
        visitor, now = self.case.visitor, self.now
        pending = Booking.objects.payable(now).filter(showtime=self.showtime).first()
        if action == "release":
            checkout.release_seats(user_id=visitor.pk, showtime_id=self.showtime.pk, now=now)
        elif action == "book":
            start_booking(visitor, self.showtime, self.held(), now=now)
        elif action == "sweep":
            lifecycle.expire_overdue(now)
        elif action == "drop" and pending:
            checkout.drop_booking(booking=pending, now=now)
        elif action == "fail" and pending:
            settlement.pay_demo(booking=pending, succeeds=False, now=now)
        elif action.startswith("hold"):
            seats = {"hold": [SEAT], "hold both": [SEAT, OTHER], "hold other": [OTHER]}[action]
            hold(visitor, self.showtime, seats, now=now)

    def held(self):
        own = holds.visitor(self.case.visitor.pk)
        return [label for label, lock in self.live().locks.items() if lock.owner == own]

    def live(self):
        live_map.seat_status(self.showtime.pk, user_id=None, now=self.now)  # builds the map if there is none
        return holds.view(self.showtime.pk, now=self.now)


@override_settings(THROTTLES=True)
class PatientRivalTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.visitor = make_user(email="")
        cls.movie, cls.screen = make_movie(), make_screen("SSS")

    def test_no_visitor_blocks_a_seat_for_longer_than_ceiling_and_payment(self):
        @given(steps)
        @example(NEVER_ENDING)
        @example(LAST_SECOND)
        @hypothesis_settings(
            max_examples=100,
            database=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        def play(steps):
            self.assertLessEqual(Attempt(self).run(steps), BOUND)

        play()

    @override_settings(THROTTLES=False)
    def test_control_without_a_pause_a_visitor_blocks_a_seat_for_hours(self):
        for steps in (NEVER_ENDING, LAST_SECOND):
            self.assertGreater(Attempt(self).run(steps), BOUND)
