"""The Lua scripts that keep what SQL says of a showtime's seats, each called by itself through `holds`."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.test import SimpleTestCase

from bookings.seats import holds, scripts
from bookings.seats.holds import FREE, TICKET
from moviebooking import redis_connection

from .support.steps import OwnLiveMaps

NOW = datetime.now(UTC).replace(microsecond=0)
SHOWTIME = 7
PENDING = holds.pending_claim("REF", 1, NOW + timedelta(seconds=60))
COLD = "cold"


def after(**time):
    return NOW + timedelta(**time)


class MapScriptTestCase(OwnLiveMaps, SimpleTestCase):
    def cold(self, *, now=NOW):
        """Look at the map, which must be cold. Return MapIsCold."""
        with self.assertRaises(scripts.MapIsCold) as raised:
            holds.view(SHOWTIME, now=now)
        return raised.exception

    def fill(self, revision, claims=(), *, generation=None, now=NOW):
        """Return whether the map was stored."""
        generation = generation or self.cold(now=now).generation
        return holds.fill(SHOWTIME, generation=generation, revision=revision, claims=dict(claims), now=now)

    def patch(self, revision, *, now=NOW, **claims):
        holds.patch(SHOWTIME, revision=revision, claims=claims, now=now)

    def shown(self, *, now=NOW):
        """Return what the map says of the seats that are not free, or COLD."""
        try:
            live = holds.view(SHOWTIME, now=now)
        except scripts.MapIsCold:
            return COLD
        claims = {label: holds.pending_claim("REF", 1, lock.deadline) for label, lock in live.pending.items()}
        return claims | dict.fromkeys(live.tickets, TICKET)

    def key(self, name):
        return f"{settings.REDIS_KEY_PREFIX}:{{showtime:{SHOWTIME}}}:{name}"


class PatchTests(MapScriptTestCase):
    """The map is at revision 41, with A1 sold."""

    def setUp(self):
        super().setUp()
        self.fill(41, {"A1": TICKET})

    def test_the_next_change_is_put_into_the_map(self):
        self.patch(42, A2=TICKET, A3=PENDING)
        self.assertEqual(self.shown(), {"A1": TICKET, "A2": TICKET, "A3": PENDING})

        self.patch(43, A1=FREE, A3=TICKET)
        self.assertEqual(self.shown(), {"A2": TICKET, "A3": TICKET})

    def test_a_change_that_the_map_has_already_changes_nothing(self):
        self.patch(42, A1=FREE, A2=TICKET)

        for revision in (40, 41, 42):
            self.patch(revision, A1=TICKET, A2=FREE)

        self.assertEqual(self.shown(), {"A2": TICKET})

    def test_a_change_that_overtakes_another_one_is_shown_at_once(self):
        self.patch(43, A3=TICKET)
        self.assertEqual(self.shown(), {"A1": TICKET, "A3": TICKET})

        self.patch(42, A2=TICKET)
        self.assertEqual(self.shown(now=after(hours=1)), {"A1": TICKET, "A2": TICKET, "A3": TICKET})

    def test_of_two_changes_of_one_seat_the_newer_counts_in_any_order(self):
        self.patch(44, A1=FREE)
        self.patch(43, A1=TICKET)
        self.patch(42, A1=PENDING)

        self.assertEqual(self.shown(now=after(hours=1)), {})

    def test_a_map_that_misses_a_change_for_a_second_is_cold(self):
        self.patch(43, A3=TICKET)

        self.assertEqual(self.shown(now=after(milliseconds=999)), {"A1": TICKET, "A3": TICKET})
        self.assertEqual(self.shown(now=after(seconds=1)), COLD)

    def test_a_change_that_comes_when_another_one_is_missing_for_long_drops_the_map(self):
        self.patch(43, A3=TICKET)

        self.patch(44, now=after(seconds=1), A4=TICKET)

        self.assertEqual(self.shown(), COLD)

    def test_nothing_is_locked_in_a_map_that_misses_a_change_for_a_second(self):
        stamp = holds.view(SHOWTIME, now=NOW).snapshot_stamp
        self.patch(43, A3=TICKET)
        ann = {"owner": holds.visitor(1), "seats": ["A2"], "snapshot_stamp": stamp}
        times = {"seconds": 600, "ceiling_seconds": 1800}

        with self.assertRaises(scripts.MapIsCold):
            holds.take(SHOWTIME, **ann, **times, now=after(seconds=1))

    def test_changes_that_overtake_one_another_all_the_time_do_not_drop_the_map(self):
        self.patch(43)
        for number in range(44, 64, 2):
            self.patch(number + 1, now=after(milliseconds=400 * (number - 43)))
            self.patch(number - 2, now=after(milliseconds=400 * (number - 43)))

        self.assertEqual(self.shown(now=after(milliseconds=400 * 20)), {"A1": TICKET})

    def test_a_change_without_a_map_leaves_none(self):
        holds.drop_map(SHOWTIME, now=NOW)

        self.patch(42, A2=TICKET)

        self.assertEqual(redis_connection.client().exists(self.key("map")), 0)
        self.assertEqual(self.shown(), COLD)

    def test_a_patch_does_not_prolong_the_maps_life(self):
        before = redis_connection.client().pttl(self.key("map"))

        self.patch(42, A2=TICKET)

        after_it = redis_connection.client().pttl(self.key("map"))
        self.assertTrue(0 < after_it <= before <= settings.LIVE_MAP_SECONDS * 1000)


class FillTests(MapScriptTestCase):
    def test_changes_that_come_while_the_map_is_built_are_kept(self):
        generation = self.cold().generation
        self.patch(41, A1=FREE, A2=FREE)
        self.patch(42, A2=TICKET, A3=FREE)

        self.assertTrue(self.fill(41, {"A1": TICKET, "A3": TICKET}, generation=generation))

        self.assertEqual(self.shown(now=after(hours=1)), {"A1": TICKET, "A2": TICKET})

    def test_a_change_that_is_missing_when_the_map_is_built_is_awaited_for_a_second(self):
        generation = self.cold().generation
        self.patch(43, A3=TICKET)
        self.fill(41, {"A1": TICKET}, generation=generation)

        self.assertEqual(self.shown(now=after(milliseconds=999)), {"A1": TICKET, "A3": TICKET})
        self.assertEqual(self.shown(now=after(seconds=1)), COLD)

    def test_an_older_map_does_not_replace_a_newer_one(self):
        generation = self.cold().generation
        self.fill(42, {"A2": TICKET}, generation=generation)

        self.assertTrue(self.fill(41, {"A1": TICKET}, generation=generation))

        self.assertEqual(self.shown(), {"A2": TICKET})

    def test_a_newer_map_replaces_an_older_one_and_makes_up_for_what_it_missed(self):
        generation = self.cold().generation
        self.fill(41, {"A1": TICKET}, generation=generation)
        self.patch(43, A1=FREE, A3=TICKET)
        self.patch(45, A5=TICKET)

        self.fill(44, {"A2": TICKET, "A3": TICKET}, generation=generation)

        self.assertEqual(self.shown(now=after(hours=1)), {"A2": TICKET, "A3": TICKET, "A5": TICKET})

    def test_a_map_of_a_generation_that_was_dropped_is_refused(self):
        generation = self.cold().generation
        holds.drop_map(SHOWTIME, now=NOW)

        self.assertFalse(self.fill(41, generation=generation))
        self.cold()
        self.assertFalse(self.fill(41, generation=generation))
        self.assertEqual(self.shown(), COLD)

    def test_a_map_whose_generation_and_early_changes_were_lost_is_refused(self):
        """Only the lost key knew which changes had arrived."""
        generation = self.cold().generation
        self.patch(42, A2=TICKET)
        redis_connection.client().delete(self.key("map"))

        self.assertFalse(self.fill(41, generation=generation))
        self.assertEqual(self.shown(), COLD)

    def test_a_map_that_missed_a_change_for_long_takes_no_fill_of_its_generation(self):
        generation = self.cold().generation
        self.fill(41, generation=generation)
        self.patch(43)

        self.assertFalse(self.fill(44, generation=generation, now=after(seconds=1)))

    def test_a_map_left_by_the_previous_version_is_not_used(self):
        redis_connection.client().hset(self.key("sold"), mapping={"#": "", "A1": TICKET})
        redis_connection.client().set(self.key("stamp"), "a stamp")

        self.assertEqual(self.shown(), COLD)


class BuilderTests(MapScriptTestCase):
    def test_the_first_reader_builds_and_the_others_wait(self):
        seen = [self.cold() for _ in range(3)]

        self.assertEqual([cold.builds for cold in seen], [True, False, False])
        self.assertEqual(len({cold.generation for cold in seen}), 1)

    def test_one_reader_builds_when_the_builder_is_given_up_and_what_came_meanwhile_is_kept(self):
        first = self.cold()
        self.patch(42, A2=TICKET)
        self.assertTrue(0 < redis_connection.client().pttl(self.key("builder")) <= 500)
        redis_connection.client().delete(self.key("builder"))  # as it expires

        again = [self.cold() for _ in range(2)]
        self.assertEqual([cold.builds for cold in again], [True, False])
        self.assertTrue(self.fill(41, generation=first.generation))

        self.assertEqual(self.shown(), {"A2": TICKET})

    def test_a_dropped_map_can_be_built_at_once(self):
        self.cold()
        holds.drop_map(SHOWTIME, now=NOW)

        self.assertTrue(self.cold().builds)

    def test_an_unfinished_map_expires(self):
        self.cold()

        self.assertTrue(0 < redis_connection.client().pttl(self.key("map")) <= 10_000)
