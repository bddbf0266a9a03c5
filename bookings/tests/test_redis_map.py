"""The map of what SQL says follows each step of a booking and each change of its showtime."""

from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from redis.cluster import key_slot

from bookings import checkout, lifecycle
from bookings.models import Booking, Ticket
from bookings.money import refunds, settlement
from bookings.refusals import SeatsUnavailable
from bookings.seats import holds, live_map
from bookings.seats.scripts import MapIsCold
from moviebooking import redis_connection
from theaters.models import SeatPrice, Showtime

from .support.redis_faults import lose_keys, map_key
from .support.steps import (
    BookingTestCase,
    book,
    buy,
    hold,
    make_showtime,
    make_user,
    seats_held_by,
    start_booking,
)


def keys_of(showtime):
    return sorted(
        redis_connection.client().scan_iter(f"{settings.REDIS_KEY_PREFIX}:{{showtime:{showtime.pk}}}*")
    )


class LiveMapTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def status(self, *, now=None):
        return live_map.seat_status(self.showtime.pk, user_id=None, now=now or timezone.now())

    def write_past_redis(self, seats, **fields):
        """Create a PENDING booking that Redis does not know, as if its process had died after the commit."""
        return Booking.objects.create(
            user=self.bob, showtime=self.showtime, seats=seats, total_amount=1, **fields
        )


class MissedCommitTests(LiveMapTestCase):
    """Redis missed a commit. SQL decides when the seats are booked, and the map expires."""

    def test_a_seat_that_is_free_only_in_redis_is_refused_when_booked(self):
        self.status()
        self.write_past_redis(["A1"])

        with self.assertRaises(SeatsUnavailable):
            book(self.ann, self.showtime, ["A1", "A2"])

        self.assertEqual(Booking.objects.filter(user=self.ann).count(), 0)
        self.assertEqual(self.status().held, ["A1", "A2"])  # A2 is still the visitor's hold

    @override_settings(LIVE_MAP_SECONDS=0.001)
    def test_the_map_expires(self):
        self.status()
        self.write_past_redis(["A1"])

        while redis_connection.client().exists(map_key(self.showtime)):
            pass

        self.assertEqual(self.status().held, ["A1"])

    def test_pending_entries_of_the_map_end_at_their_deadline_without_a_sweep(self):
        booking = book(self.ann, self.showtime, ["A1"])
        lose_keys()
        self.status()

        self.assertEqual(self.status(now=booking.expires_at - timedelta(milliseconds=1)).held, ["A1"])
        self.assertEqual(self.status(now=booking.expires_at).held, [])
        self.assertEqual(hold(self.bob, self.showtime, ["A1"], now=booking.expires_at).seats, ["A1"])


class WarmMapUpdateTests(LiveMapTestCase):
    """Each step of a booking is on a warm map at once."""

    def shown(self):
        status = self.status()
        return status.booked, status.held

    def test_the_map_follows_a_booking_from_hold_to_cancellation(self):
        self.status()
        held = hold(self.ann, self.showtime, ["A1", "A2"])
        self.assertEqual(self.shown(), ([], held.seats))
        booking = book(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.shown(), ([], ["A1"]))
        settlement.pay_demo(booking=booking, succeeds=True, now=timezone.now())
        self.assertEqual(self.shown(), (["A1"], []))
        booking.refresh_from_db()
        refunds.cancel_booking(booking=booking, now=timezone.now())
        self.assertEqual(self.shown(), ([], []))

    def test_a_dropped_and_a_failed_booking_free_their_seats(self):
        checkout.drop_booking(booking=book(self.ann, self.showtime, ["A1"]), now=timezone.now())
        self.assertEqual(self.shown(), ([], []))
        settlement.pay_demo(booking=book(self.ann, self.showtime, ["A1"]), succeeds=False, now=timezone.now())
        self.assertEqual(self.shown(), ([], []))

    def test_a_seat_that_was_just_sold_is_never_without_either_guard(self):
        """Look at the map between the commit and the freeing of the locks."""
        booking, seen = book(self.ann, self.showtime, ["A1"]), []
        finish = holds.finish

        def look_and_finish(*args, **kwargs):
            seen.append(self.shown())
            finish(*args, **kwargs)
            seen.append(self.shown())

        with mock.patch.object(holds, "finish", look_and_finish):
            settlement.pay_demo(booking=booking, succeeds=True, now=timezone.now())

        self.assertEqual(seen, [(["A1"], [])] * 2)

    def test_booking_part_of_what_is_held_frees_the_rest(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        start_booking(self.ann, self.showtime, ["A1"])

        self.assertEqual(hold(self.bob, self.showtime, ["A2"]).seats, ["A2"])

    def test_a_booking_that_the_database_fails_to_take_leaves_the_visitor_the_hold(self):
        from django.db import OperationalError

        hold(self.ann, self.showtime, ["A1"])
        with (
            mock.patch.object(lifecycle, "create_pending", side_effect=OperationalError("gone")),
            self.assertRaises(OperationalError),
        ):
            book(self.ann, self.showtime, ["A1"])

        self.assertEqual(seats_held_by(self.ann, self.showtime), ["A1"])


class ChangedShowtimeTests(LiveMapTestCase):
    """Cached snapshots are stale as soon as staff save a change."""

    def setUp(self):
        super().setUp()
        self.showtime = make_showtime("SSP", price="200.00")
        self.assertEqual(str(self.total(["A1"])), "247.80")

    def total(self, seats):
        return hold(self.ann, self.showtime, seats).total

    def test_a_changed_showtime_price_is_used_at_once(self):
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        showtime.price = "300.00"
        with self.captureOnCommitCallbacks(execute=True):
            showtime.save()

        self.assertEqual(str(self.total(["A1"])), "371.70")

    def test_a_changed_seat_class_price_is_used_at_once(self):
        with self.captureOnCommitCallbacks(execute=True):
            own = SeatPrice.objects.create(showtime=self.showtime, seat_class="P", price="1000.00")
        self.assertEqual(str(self.total(["A3"])), "1239.00")

        with self.captureOnCommitCallbacks(execute=True):
            own.delete()
        self.assertEqual(str(self.total(["A3"])), "309.75")

    def test_a_changed_layout_is_used_at_once(self):
        screen = self.showtime.screen
        screen.layout = "SSPS"
        with self.captureOnCommitCallbacks(execute=True):
            screen.save()

        self.assertEqual(hold(self.ann, self.showtime, ["A4"]).seats, ["A4"])

    def test_a_changed_price_is_not_used_before_the_commit(self):
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        showtime.price = "300.00"
        with self.captureOnCommitCallbacks() as waiting:
            showtime.save()

        self.assertEqual(str(self.total(["A1"])), "247.80")
        self.assertNotEqual(waiting, [])


class HashSlotTests(LiveMapTestCase):
    def test_all_keys_of_a_showtime_have_one_hash_slot(self):
        buy(self.bob, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        hold(self.ann, self.showtime, ["A3"])
        self.status()
        holds.drop_map(self.showtime.pk, now=timezone.now())
        self.assertRaises(MapIsCold, holds.view, self.showtime.pk, now=timezone.now())
        other = make_showtime()
        hold(self.ann, other, ["A1"])

        keys = keys_of(self.showtime)

        kinds = sorted({key.partition("}:")[2].partition(":")[0] for key in keys})
        self.assertEqual(kinds, ["builder", "changes", "held", "map", "mine", "seat", "snapshot", "times"])
        self.assertEqual(len({key_slot(key.encode()) for key in keys}), 1)
        self.assertNotEqual(key_slot(keys[0].encode()), key_slot(keys_of(other)[0].encode()))

    def test_every_key_expires(self):
        buy(self.bob, self.showtime, ["A1"])
        hold(self.ann, self.showtime, ["A3"])
        self.status()

        self.assertEqual(
            [key for key in keys_of(self.showtime) if redis_connection.client().pttl(key) <= 0], []
        )


class AfterLastDeadlineTests(LiveMapTestCase):
    def test_every_seat_is_free_or_sold_after_the_last_deadline(self):
        buy(self.bob, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        last = hold(self.ann, self.showtime, ["A3"]).expires_at
        free = ["A2", "A3", "A4", "A5", "A6"]

        self.assertEqual(hold(make_user(), self.showtime, free, now=last).seats, free)
        self.assertEqual(Ticket.objects.valid().count(), 1)
