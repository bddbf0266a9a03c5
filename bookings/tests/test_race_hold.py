"""Twelve visitors hold the same seats at once."""

from functools import partial
from unittest import mock

from django.utils import timezone

from bookings.checkout import Held
from bookings.refusals import SeatsUnavailable
from bookings.seats import holds
from moviebooking import redis_connection

from .support.races import RIVALS, instances_of, make_rivals, on_real_servers, race, rendezvous
from .support.steps import CommittedBookingTestCase, hold, make_showtime, seats_held_by

SEATS = ["A1", "A2"]


@on_real_servers
class HoldRaceTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime = make_showtime("S" * 13)
        self.rivals = make_rivals()

    def test_one_of_twelve_holds_the_seats_and_the_others_are_told_which_are_taken(self):
        outcomes = race(*[partial(hold, rival, self.showtime, SEATS) for rival in self.rivals])

        refused = instances_of(SeatsUnavailable, outcomes)
        self.assertEqual([len(instances_of(Held, outcomes)), len(refused)], [1, RIVALS - 1])
        self.assertEqual([refusal.seats for refusal in refused], [SEATS] * (RIVALS - 1))

    def test_overlapping_selections_are_each_held_completely_or_not_at_all(self):
        choices = [[f"A{number + 1}", f"A{number + 2}"] for number in range(RIVALS)]

        outcomes = race(
            *[
                partial(hold, rival, self.showtime, seats)
                for rival, seats in zip(self.rivals, choices, strict=True)
            ]
        )

        selections = [held.seats for held in instances_of(Held, outcomes)]
        self.assertEqual(
            [seats_held_by(rival, self.showtime) for rival in self.rivals if rival],
            [outcome.seats if isinstance(outcome, Held) else [] for outcome in outcomes],
        )
        labels = [label for seats in selections for label in seats]
        self.assertEqual(len(labels), len(set(labels)))
        self.assertGreaterEqual(len(selections), RIVALS // 3)

    def test_control_reading_and_then_writing_lets_everyone_hold_the_seats(self):
        """The process does in two steps what the script does in one."""
        all_have_read = rendezvous(RIVALS)

        def read_then_set(showtime_id, *, owner, seats, now, seconds, **_):
            client, keys = redis_connection.client(), [f"control:{showtime_id}:{label}" for label in seats]
            if any(client.mget(keys)):
                raise SeatsUnavailable(seats)
            all_have_read()
            for key in keys:
                client.set(key, owner, ex=60)
            return holds.Taken(now)

        with mock.patch.object(holds, "take", read_then_set):
            outcomes = race(*[partial(hold, rival, self.showtime, SEATS) for rival in self.rivals])

        self.assertEqual(len(instances_of(Held, outcomes)), RIVALS)

    def test_twelve_holds_by_one_visitor_at_once_leave_only_one(self):
        ann = self.rivals[0]

        race(*[partial(hold, ann, self.showtime, [f"A{number + 1}"]) for number in range(RIVALS)])

        [label] = seats_held_by(ann, self.showtime, now=timezone.now())
        others = [f"A{number + 1}" for number in range(RIVALS) if f"A{number + 1}" != label]
        self.assertEqual(hold(self.rivals[1], self.showtime, others[:10]).seats, others[:10])
