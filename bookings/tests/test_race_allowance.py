"""Limits on held seats: one visitor in many showtimes, or many new accounts of one address, at once."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from bookings import checkout
from bookings.checkout import Held
from bookings.seats import holds
from bookings.seats.fairness import TooManyHeld, TooManyHeldFromAddress
from moviebooking.testing import make_movie, make_screen

from .support.races import RIVALS, instances_of, make_rivals, on_real_servers, race, rendezvous
from .support.steps import (
    CommittedBookingTestCase,
    book,
    hold,
    make_showtime,
    make_user,
    seats_held_by,
    start_booking,
)

FIVE_SEATS = ["A1", "A2", "A3", "A4", "A5"]


@on_real_servers
@override_settings(THROTTLES=True)
class AllowanceRaceTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        movie, screen = make_movie(), make_screen("\n".join(["SSSSS"] * RIVALS))
        self.showtimes = [
            make_showtime(movie=movie, screen=screen, starts_in=timedelta(days=day + 1))
            for day in range(RIVALS)
        ]
        self.ann = make_user(email="")
        self.total_held([self.ann])  # warm the maps: on a cold one a hold reserves twice, refusing others

    def total_held(self, users):
        return sum(len(seats_held_by(user, showtime)) for user in users for showtime in self.showtimes)

    def test_one_visitor_in_twelve_showtimes_at_once_never_holds_more_than_twenty_seats(self):
        for _ in range(5):
            outcomes = race(*[partial(hold, self.ann, showtime, FIVE_SEATS) for showtime in self.showtimes])

            self.assertEqual([len(instances_of(kind, outcomes)) for kind in (Held, TooManyHeld)], [4, 8])
            self.assertEqual(self.total_held([self.ann]), 20)
            for showtime in self.showtimes:
                checkout.release_seats(user_id=self.ann.pk, showtime_id=showtime.pk, now=timezone.now())

    def test_holding_releasing_and_booking_at_once_neither_exceeds_the_limit_nor_uses_it_up(self):
        one, two, three = self.showtimes[:3]
        hold(self.ann, one, FIVE_SEATS)

        def hold_seats(showtime, seats):
            hold(self.ann, showtime, seats)

        def release(showtime):
            checkout.release_seats(user_id=self.ann.pk, showtime_id=showtime.pk, now=timezone.now())

        for size in range(1, 6):
            race(
                partial(hold_seats, one, FIVE_SEATS[:size]),
                partial(hold_seats, one, FIVE_SEATS),
                partial(release, one),
                partial(hold_seats, two, FIVE_SEATS[:size]),
                partial(hold_seats, two, FIVE_SEATS),
                partial(release, two),
                partial(start_booking, self.ann, three, FIVE_SEATS),
            )
            self.assertLessEqual(self.total_held([self.ann]), 20)
        for showtime in (one, two):
            release(showtime)

        outcomes = [hold(self.ann, showtime, FIVE_SEATS) for showtime in self.showtimes[4:8]]
        self.assertEqual(len(outcomes), 4)
        self.assertRaises(TooManyHeld, hold, self.ann, self.showtimes[8], ["A1"])

    def test_booking_in_one_showtime_while_holding_in_others_never_exceeds_the_limit(self):
        hold(self.ann, self.showtimes[0], FIVE_SEATS)

        race(
            partial(start_booking, self.ann, self.showtimes[0], FIVE_SEATS),
            *[partial(hold, self.ann, showtime, FIVE_SEATS) for showtime in self.showtimes[1:]],
        )

        self.assertLessEqual(self.total_held([self.ann]), 15)
        for showtime in self.showtimes[1:]:  # seats that were counted twice for a moment can be held now
            with suppress(TooManyHeld):
                hold(self.ann, showtime, FIVE_SEATS)
        self.assertEqual(self.total_held([self.ann]), 15)
        free = next(one for one in self.showtimes[1:] if not seats_held_by(self.ann, one))
        self.assertRaises(TooManyHeld, book, self.ann, free, FIVE_SEATS)

    def test_twelve_new_accounts_from_one_address_never_hold_more_than_forty_seats(self):
        showtime, users = self.showtimes[0], make_rivals()
        for turn in range(3):
            address = f"192.0.2.{turn}"
            calls = [
                partial(hold, user, showtime, [f"{row}{seat}" for seat in range(1, 6)], address=address)
                for row, user in zip("ABCDEFGHIJKL", users, strict=True)
            ]

            outcomes = race(*calls)

            held, refused = (len(instances_of(kind, outcomes)) for kind in (Held, TooManyHeldFromAddress))
            self.assertEqual([held, refused], [8, 4])
            self.assertEqual(self.total_held(users), 40)
            for user in users:
                checkout.release_seats(user_id=user.pk, showtime_id=showtime.pk, now=timezone.now())

    def test_control_counting_first_and_reserving_later_exceeds_the_limit(self):
        """Each process reads the total before any has written its own."""
        all_have_read = rendezvous(RIVALS)

        def count_then_hold(showtime):
            if self.total_held([self.ann]) + len(FIVE_SEATS) > 20:
                raise TooManyHeld(None)
            all_have_read()
            return hold(self.ann, showtime, FIVE_SEATS)

        with override_settings(THROTTLES=False):
            outcomes = race(*[partial(count_then_hold, showtime) for showtime in self.showtimes])

        self.assertEqual(len(instances_of(Held, outcomes)), RIVALS)

    def test_a_process_killed_between_counting_and_holding_does_not_raise_the_limit(self):
        with (
            mock.patch.object(holds, "take", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            hold(self.ann, self.showtimes[0], FIVE_SEATS)

        race(*[partial(hold, self.ann, showtime, FIVE_SEATS) for showtime in self.showtimes[1:]])

        self.assertEqual(self.total_held([self.ann]), 15)
