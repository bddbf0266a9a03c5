"""A cold map is built by one reader, while others wait and bookings commit: nothing is lost or refused."""

from unittest import mock

from django.utils import timezone

from bookings import lifecycle
from bookings.models import Booking
from bookings.refusals import HoldsUnavailable, SeatsUnavailable
from bookings.seats import holds, live_map
from bookings.seats.locks import tell_map
from bookings.seats.scripts import MapIsCold
from moviebooking import redis_connection

from .support.redis_faults import lose_keys, map_key
from .support.steps import BookingTestCase, create_without_locks, hold, make_showtime, make_user


class ColdMapTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def status(self):
        return live_map.seat_status(self.showtime.pk, user_id=None, now=timezone.now())

    def generation(self):
        return redis_connection.client().hget(map_key(self.showtime), "#generation")


class CommitWhileMapIsBuiltTests(ColdMapTestCase):
    """A booking commits between reading SQL and storing the map."""

    def outrun(self, commit, *, times=1):
        """Call `commit()` between reading SQL and storing the map, that many times."""
        self.readings, read_claims = 0, live_map.claims_in_sql

        def read_and_be_outrun(*args):
            read = read_claims(*args)
            self.readings += 1
            if self.readings <= times:
                commit()
            return read

        return mock.patch.object(live_map, "claims_in_sql", read_and_be_outrun)

    def commit(self):
        """Create a PENDING booking of A1 without the locks in Redis."""
        return create_without_locks(self.bob, self.showtime, ["A1"])

    def commit_and_tell(self):
        booking = self.commit()
        tell_map(booking, timezone.now())
        return booking

    def test_a_commit_while_the_map_is_built_is_not_lost(self):
        with self.outrun(self.commit_and_tell):
            self.assertEqual(self.status().held, ["A1"])

        self.assertEqual(self.status().held, ["A1"])

    def test_a_commit_while_a_hold_builds_the_map_is_not_lost(self):
        with self.outrun(self.commit_and_tell), self.assertRaises(SeatsUnavailable) as refused:
            hold(self.ann, self.showtime, ["A1", "A2"])

        self.assertEqual(refused.exception.seats, ["A1"])

    def test_any_number_of_commits_while_the_map_is_built_costs_no_second_reading(self):
        def book_and_drop_and_book():
            for _ in range(3):
                dropped = lifecycle.drop(booking_id=self.commit_and_tell().pk, now=timezone.now())
                tell_map(dropped, timezone.now())
            self.commit_and_tell()

        with self.outrun(book_and_drop_and_book):
            status = self.status()

        self.assertEqual([status.held, status.degraded, self.readings], [["A1"], False, 1])

    def test_a_commit_told_after_redis_lost_everything_is_not_lost(self):
        def lose_and_commit_and_tell():
            lose_keys()
            self.commit_and_tell()

        with self.outrun(lose_and_commit_and_tell):
            self.assertEqual(self.status().held, ["A1"])

    def test_a_commit_told_before_redis_lost_everything_is_not_lost(self):
        def commit_and_tell_and_lose():
            self.commit_and_tell()
            lose_keys()

        with self.outrun(commit_and_tell_and_lose):
            self.assertEqual(self.status().held, ["A1"])

    def test_rows_written_past_the_site_while_the_map_is_built_are_not_lost(self):
        def write_and_drop():
            Booking.objects.create(user=self.bob, showtime=self.showtime, seats=["A1"], total_amount=1)
            holds.drop_map(self.showtime.pk, now=timezone.now())

        with self.outrun(write_and_drop):
            self.assertEqual(self.status().held, ["A1"])

    def test_control_a_map_stored_under_any_generation_is_too_old(self):
        fill = holds.fill

        def fill_under_todays_generation(showtime_id, *, generation, **rest):
            self.assertRaises(MapIsCold, holds.view, showtime_id, now=timezone.now())
            return fill(showtime_id, generation=self.generation(), **rest)

        def commit_and_tell_and_lose():
            self.commit_and_tell()
            lose_keys()

        with (
            self.outrun(commit_and_tell_and_lose),
            mock.patch.object(holds, "fill", fill_under_todays_generation),
        ):
            self.assertEqual(self.status().held, [])

    def test_a_map_lost_every_time_sells_nothing_and_status_comes_from_sql(self):
        with self.outrun(lose_keys, times=100):
            with self.assertRaises(HoldsUnavailable):
                hold(self.ann, self.showtime, ["A1"])
            self.assertTrue(self.status().degraded)


class WaitForBuilderTests(ColdMapTestCase):
    """One reader builds a cold map. The others wait for it, but never for long."""

    def setUp(self):
        super().setUp()
        self.status()  # the snapshot is cached
        holds.drop_map(self.showtime.pk, now=timezone.now())
        self.assertRaises(MapIsCold, holds.view, self.showtime.pk, now=timezone.now())  # somebody builds it
        self.waits = []

    def while_waiting(self, call):
        def wait(seconds):
            self.waits.append(seconds)
            call()

        return mock.patch.object(live_map, "sleep", wait)

    def build(self):
        holds.fill(
            self.showtime.pk, generation=self.generation(), revision=0, claims={"A2": "T"}, now=timezone.now()
        )

    def test_a_reader_waits_for_the_builder_and_asks_sql_nothing(self):
        with self.while_waiting(self.build), self.assertNumQueries(0):
            self.assertEqual(self.status().booked, ["A2"])

        self.assertEqual(self.waits, [live_map.WAITS[0]])

    def test_a_reader_builds_the_map_itself_if_the_builder_has_died(self):
        with self.while_waiting(lambda: None):
            status = self.status()

        self.assertEqual([status.degraded, self.waits], [False, list(live_map.WAITS)])
        self.assertLess(sum(self.waits), 0.4)

    def test_the_builder_that_comes_last_changes_nothing(self):
        """Its map is older than a commit that is known by now."""
        generation = self.generation()
        with self.while_waiting(lambda: None):
            self.status()
        tell_map(create_without_locks(self.bob, self.showtime, ["A1"]), timezone.now())

        holds.fill(self.showtime.pk, generation=generation, revision=0, claims={}, now=timezone.now())

        self.assertEqual(self.status().held, ["A1"])

    def test_a_map_that_is_dropped_meanwhile_is_built_at_once_by_the_next_reader(self):
        holds.drop_map(self.showtime.pk, now=timezone.now())

        with self.while_waiting(lambda: None):
            self.assertEqual(self.status().booked, [])

        self.assertEqual(self.waits, [])
