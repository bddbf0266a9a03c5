"""Many visitors book at once while others read the live map: it is right, and nobody is told to try again."""

from functools import partial
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Ticket
from bookings.seats import holds, live_map, locks, scripts
from bookings.seats.sql_claims import claims_in_sql
from moviebooking.testing import make_screen

from .support.invariants import assert_seats_consistent
from .support.races import ROUNDS, instances_of, make_rivals, on_real_servers, race
from .support.rush import Rush
from .support.steps import CommittedBookingTestCase, create_without_locks, make_showtime

RIVALS = 40


@on_real_servers
@override_settings(LIVE_MAP_SECONDS=600, THROTTLES=False)
class RushTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime = make_showtime("\n".join(["S" * 10] * 3))
        self.rush = Rush(self.showtime, make_rivals(RIVALS))

    def test_forty_rivals_for_thirty_seats_are_never_told_to_try_again(self):
        self.rush.run()

        self.assertEqual(self.rush.refusals["HoldsUnavailable"], 0)
        self.assertEqual(self.rush.fills["refused"], 0)
        self.assertLess(self.rush.fills["kept"], Ticket.objects.count())
        assert_seats_consistent(self, self.showtime)
        self.assert_map_equals_sql()

    def test_control_maps_dropped_at_every_commit_are_built_again_and_again(self):
        def drop(booking, now):
            locks.drop_map(booking.showtime_id, now)

        with mock.patch.object(locks, "tell_map", drop), mock.patch("bookings.checkout.tell_map", drop):
            self.rush.run()

        self.assertGreater(self.rush.fills["kept"] + self.rush.fills["refused"], Ticket.objects.count())

    def assert_map_equals_sql(self):
        now = timezone.now()
        live, in_sql = holds.view(self.showtime.pk, now=now), claims_in_sql(self.showtime.pk, now)[1]
        self.assertEqual(live.tickets, {label for label, claim in in_sql.items() if claim == holds.TICKET})
        self.assertEqual(live.pending.keys(), in_sql.keys() - live.tickets)


@on_real_servers
@override_settings(LIVE_MAP_SECONDS=600)
class PatchOrderRaceTests(CommittedBookingTestCase):
    """One seat is booked and dropped again and again; all patches reach Redis at once, beside readers."""

    def setUp(self):
        super().setUp()
        self.screen, [self.ann] = make_screen("SS"), make_rivals(1)
        self.addCleanup(scripts._script.cache_clear)

    def shown_after_a_race(self):
        """Return what the map shows as held when only the last booking of A1 is PENDING."""
        showtime, now = make_showtime(screen=self.screen), timezone.now()

        def look():
            return live_map.seat_status(showtime.pk, user_id=None, now=now).held

        look()
        changed = [create_without_locks(self.ann, showtime, ["A1"])]
        for _ in range(5):
            changed.append(lifecycle.drop(booking_id=changed[-1].pk, now=now))
            changed.append(create_without_locks(self.ann, showtime, ["A1"]))
        outcomes = race(*[partial(locks.tell_map, booking, now) for booking in changed], look, look)
        self.assertEqual(instances_of(Exception, outcomes), [])
        return look()

    def test_patches_that_race_leave_what_sql_says(self):
        self.assertEqual([self.shown_after_a_race() for _ in range(5)], [["A1"]] * 5)

    def test_control_without_revisions_the_patch_that_comes_last_wins(self):
        text = scripts._TEXTS["patch"].replace("revision_of(entry) < revision", "true")
        text = text.replace("known and revision <= known", "false")
        with mock.patch.dict(scripts._TEXTS, {"patch": text}):
            scripts._script.cache_clear()
            for _ in range(ROUNDS):
                if self.shown_after_a_race() != ["A1"]:
                    return
        self.fail("the last patch never overtook another one")
