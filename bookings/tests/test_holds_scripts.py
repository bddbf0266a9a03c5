"""The Lua scripts, each called by itself through `holds`."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.test import SimpleTestCase

from bookings.refusals import HoldsUnavailable, SeatsUnavailable
from bookings.seats import holds, scripts
from moviebooking import redis_connection

from .support.steps import OwnLiveMaps

ANN, BOB = holds.visitor(1), holds.visitor(2)
ORDER = holds.booking("REF", 1)
NOW = datetime.now(UTC).replace(microsecond=0)
SHOWTIME = 7


def at(seconds):
    return NOW + timedelta(seconds=seconds)


class ScriptTestCase(OwnLiveMaps, SimpleTestCase):
    def setUp(self):
        super().setUp()
        self.fill({})

    def fill(self, claims):
        """Store a map with these claims, at revision 41."""
        holds.drop_map(SHOWTIME, now=NOW)
        try:
            holds.view(SHOWTIME, now=NOW)
        except scripts.MapIsCold as cold:
            self.assertTrue(
                holds.fill(SHOWTIME, generation=cold.generation, revision=41, claims=claims, now=NOW)
            )
        self.stamp = holds.view(SHOWTIME, now=NOW).snapshot_stamp

    def take(self, *wanted, **options):
        """Return the deadline."""
        return self.taken(*wanted, **options).deadline

    def taken(self, owner, *seats, now=NOW, seconds=600, ceiling=1800, pause=0, stamp=None, reservation=""):
        return holds.take(
            SHOWTIME,
            owner=owner,
            seats=seats,
            snapshot_stamp=stamp or self.stamp,
            now=now,
            seconds=seconds,
            ceiling_seconds=ceiling,
            pause_seconds=pause,
            reservation=reservation,
        )

    def pass_on(self, *wanted, **options):
        """Return the deadline."""
        return self.passed_on(*wanted, **options).deadline

    def passed_on(self, from_owner, to_owner, *seats, deadline=None, now=NOW):
        return holds.pass_on(
            SHOWTIME,
            from_owner=from_owner,
            to_owner=to_owner,
            seats=seats,
            deadline=deadline or at(600),
            now=now,
        )

    def locks(self, now=NOW):
        """Return {label: owner}."""
        return {label: lock.owner for label, lock in holds.view(SHOWTIME, now=now).locks.items()}

    def refused(self, call, *args, **kwargs):
        with self.assertRaises(SeatsUnavailable) as refusal:
            call(*args, **kwargs)
        return refusal.exception.seats

    def keys(self):
        pattern = f"{settings.REDIS_KEY_PREFIX}:{{showtime:{SHOWTIME}}}:*"
        return {
            key.partition("}:")[2]: redis_connection.client().pttl(key)
            for key in redis_connection.client().scan_iter(pattern)
        }


class TakeScriptTests(ScriptTestCase):
    def test_all_or_none(self):
        self.take(BOB, "A2")

        self.assertEqual(self.refused(self.take, ANN, "A1", "A2", "A3"), ["A2"])
        self.assertEqual(self.locks(), {"A2": BOB})

    def test_a_new_hold_frees_the_old_one_in_the_same_step(self):
        self.take(ANN, "A1", "A2")
        self.take(ANN, "A2", "A3")

        self.assertEqual(self.locks(), {"A2": ANN, "A3": ANN})

    def test_an_expired_hold_taken_over_by_another_visitor_is_left_alone(self):
        self.take(ANN, "A1")
        self.take(BOB, "A1", now=at(600))
        self.take(ANN, "A2", now=at(601))

        self.assertEqual(self.locks(at(602)), {"A1": BOB, "A2": ANN})

    def test_sold_and_pending_seats_are_refused(self):
        self.fill({"A1": holds.TICKET, "A2": holds.pending_claim("REF", 1, at(60))})

        self.assertEqual(self.refused(self.take, BOB, "A1", "A2", "A3"), ["A1", "A2"])
        self.assertEqual(self.refused(self.take, ANN, "A2"), ["A2"])
        self.assertEqual(self.take(BOB, "A2", now=at(60)), at(660))

    def test_a_pending_booking_can_lock_its_own_seats(self):
        self.fill({"A2": holds.pending_claim("REF", 1, at(60))})

        self.assertEqual(self.take(ORDER, "A2"), at(600))

    def test_a_lock_ends_at_its_deadline_even_if_redis_still_has_the_key(self):
        deadline = self.take(ANN, "A1")

        self.assertEqual(self.refused(self.take, BOB, "A1", now=deadline - timedelta(milliseconds=1)), ["A1"])
        self.assertEqual(self.take(BOB, "A1", now=deadline), deadline + timedelta(seconds=600))

    def test_the_ceiling_counts_from_the_first_hold_and_restarts_after_it(self):
        moments = (0, 500, 1000, 1500, 1799, 1800)

        self.assertEqual(
            [self.take(ANN, "A1", now=at(moment)) for moment in moments],
            [at(600), at(1100), at(1600), at(1800), at(1800), at(2400)],
        )

    def test_a_stale_snapshot_locks_nothing_and_the_new_stamp_is_returned(self):
        with self.assertRaises(scripts.SnapshotIsStale) as stale:
            self.take(ANN, "A1", stamp="old")

        self.assertEqual([stale.exception.stamp, self.locks()], [self.stamp, {}])

    def test_nothing_is_locked_without_a_map(self):
        holds.drop_map(SHOWTIME, now=NOW)

        self.assertRaises(scripts.MapIsCold, self.take, ANN, "A1")
        self.fill({})
        self.assertEqual(self.locks(), {})

    def test_every_key_expires(self):
        self.take(ANN, "A1", seconds=600)

        keys = self.keys()
        self.assertEqual([name for name, left in keys.items() if left <= 0], [])
        self.assertLessEqual(keys["seat:A1"], 600_000)
        self.assertLessEqual(keys["times:u:1"], (1800 + 600 + 3600) * 1000)


class PassOnScriptTests(ScriptTestCase):
    def test_passed_locks_have_the_new_owner_and_deadline(self):
        self.take(ANN, "A1", "A2")

        self.assertEqual(self.pass_on(ANN, ORDER, "A1", "A2", deadline=at(900)), at(900))
        self.assertEqual(self.locks(at(899)), {"A1": ORDER, "A2": ORDER})

    def test_all_or_none(self):
        self.take(ANN, "A1")
        self.take(BOB, "A2")

        self.assertEqual(self.refused(self.pass_on, ANN, ORDER, "A1", "A2", "A3"), ["A2", "A3"])
        self.assertEqual(self.locks(), {"A1": ANN, "A2": BOB})

    def test_an_expired_lock_is_not_passed_on(self):
        self.take(ANN, "A1")

        self.assertEqual(self.refused(self.pass_on, ANN, ORDER, "A1", now=at(600), deadline=at(1200)), ["A1"])

    def test_locks_that_are_not_passed_on_are_freed(self):
        self.take(ANN, "A1", "A2")
        self.pass_on(ANN, ORDER, "A1")

        self.assertEqual(self.locks(), {"A1": ORDER})

    def test_the_visitor_neither_replaces_nor_releases_passed_locks(self):
        self.take(ANN, "A1")
        self.pass_on(ANN, ORDER, "A1")
        self.take(ANN, "A2")
        holds.release(SHOWTIME, owner=ANN, now=NOW)

        self.assertEqual(self.locks(), {"A1": ORDER})

    def test_locks_can_be_passed_back_to_the_visitor(self):
        self.take(ANN, "A1")
        self.pass_on(ANN, ORDER, "A1")
        self.pass_on(ORDER, ANN, "A1")
        holds.release(SHOWTIME, owner=ANN, now=NOW)

        self.assertEqual(self.locks(), {})


class ReleaseScriptTests(ScriptTestCase):
    def test_releasing_frees_only_the_owners_locks(self):
        self.take(ANN, "A1")
        self.take(BOB, "A2")

        holds.release(SHOWTIME, owner=ANN, now=NOW)
        holds.release(SHOWTIME, owner=ANN, now=NOW)

        self.assertEqual(self.locks(), {"A2": BOB})

    def test_releasing_an_expired_hold_does_not_free_its_new_owners_lock(self):
        self.take(ANN, "A1")
        self.take(BOB, "A1", now=at(600))

        holds.release(SHOWTIME, owner=ANN, now=at(601))

        self.assertEqual(self.locks(at(601)), {"A1": BOB})

    def test_releasing_does_not_reset_the_visitors_time(self):
        self.take(ANN, "A1")
        holds.release(SHOWTIME, owner=ANN, now=NOW)

        self.assertEqual(self.take(ANN, "A1", now=at(1500)), at(1800))

    def test_releasing_returns_the_reservation(self):
        self.take(ANN, "A1", reservation="7/one")

        self.assertEqual(
            [holds.release(SHOWTIME, owner=ANN, now=NOW), holds.release(SHOWTIME, owner=ANN, now=NOW)],
            ["7/one", ""],
        )


class FinishScriptTests(ScriptTestCase):
    def test_finishing_frees_the_locks_of_the_booking_and_its_late_payment(self):
        self.take(ORDER, "A1")
        self.take(holds.late("REF", 1), "A2")

        holds.finish(SHOWTIME, reference="REF", user_id=1, now=NOW, late_too=False)
        self.assertEqual(self.locks(), {"A2": holds.late("REF", 1)})

        holds.finish(SHOWTIME, reference="REF", user_id=1, now=NOW)
        self.assertEqual(self.locks(), {})

    def test_a_paid_booking_restarts_the_visitors_time(self):
        self.take(ANN, "A1")
        self.pass_on(ANN, ORDER, "A1", deadline=at(600))

        holds.finish(SHOWTIME, reference="REF", user_id=1, now=at(500), paid=True)

        self.assertEqual(self.take(ANN, "A2", now=at(1500)), at(2100))

    def test_a_paid_booking_does_not_restart_the_time_of_other_holds(self):
        self.take(ANN, "A1")
        self.pass_on(ANN, ORDER, "A1", deadline=at(2000))
        self.take(ANN, "A2", now=at(1400))

        holds.finish(SHOWTIME, reference="REF", user_id=1, now=at(1500), paid=True)

        self.assertEqual(self.take(ANN, "A2", now=at(1500)), at(1800))


class MapScriptTests(ScriptTestCase):
    def test_the_view_distinguishes_tickets_pending_bookings_and_locks(self):
        self.fill({"A1": holds.TICKET, "A2": holds.pending_claim("REF", 1, at(60))})
        self.take(BOB, "A3")

        live = holds.view(SHOWTIME, now=NOW)

        self.assertEqual(live.tickets, frozenset({"A1"}))
        self.assertEqual(live.pending, {"A2": holds.Lock(ORDER, at(60))})
        self.assertEqual(live.locks, {"A3": holds.Lock(BOB, at(600))})
        self.assertEqual(holds.view(SHOWTIME, now=at(60)).pending, {})

    def test_an_empty_map_counts_as_a_map(self):
        live = holds.view(SHOWTIME, now=NOW)

        self.assertEqual([live.tickets, live.pending, live.locks], [frozenset(), {}, {}])

    def test_a_change_of_the_showtime_moves_the_stamp_and_keeps_map_and_locks(self):
        self.take(ANN, "A1")

        holds.mark_snapshot_stale(SHOWTIME, now=NOW)

        live = holds.view(SHOWTIME, now=NOW)
        self.assertNotEqual(live.snapshot_stamp, self.stamp)
        self.assertEqual(list(live.locks), ["A1"])

    def test_the_largest_layout_fits_into_one_map(self):
        entries = {f"{row}{number}": holds.TICKET for row in "ABCDEFGHIJKLMNOPQRST" for number in range(60)}

        self.fill(entries)

        self.assertEqual(len(holds.view(SHOWTIME, now=NOW).tickets), 1200)


class RefusedScriptTests(ScriptTestCase):
    def test_a_script_that_redis_refuses_to_run_holds_nothing(self):
        """Redis refuses scripts when it is out of memory or a read-only replica."""
        base = f"{settings.REDIS_KEY_PREFIX}:{{showtime:{SHOWTIME}}}"
        redis_connection.client().delete(f"{base}:held")
        redis_connection.client().set(f"{base}:held", "not a sorted set")

        self.assertRaises(HoldsUnavailable, self.take, ANN, "A1")
        redis_connection.client().delete(f"{base}:held")
