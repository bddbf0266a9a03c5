"""A sale refreshes the live map once, and rows written by other code reach it, too."""

from unittest import mock

from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.money import settlement
from bookings.seats import live_map
from moviebooking import redis_connection

from .support.steps import (
    CommittedBookingTestCase,
    buy,
    hold,
    make_showtime,
    make_user,
    start_booking,
)


class MapRefreshTestCase(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime("SSSS"), make_user()

    def scripts_run_by(self, call):
        """Return how many scripts `call()` has Redis run, and what it returned."""
        redis = redis_connection.client()
        with mock.patch.object(redis, "execute_command", wraps=redis.execute_command) as command:
            result = call()
        return [sent.args[0] for sent in command.call_args_list].count("EVALSHA"), result

    def status(self):
        return live_map.seat_status(self.showtime.pk, user_id=None, now=timezone.now())


class MapRefreshDuringSaleTests(MapRefreshTestCase):
    def setUp(self):
        super().setUp()
        buy(self.ann, self.showtime, ["A4"])  # from now on Redis knows every script

    def test_a_new_booking_passes_the_locks_on_and_refreshes_the_map_once(self):
        hold(self.ann, self.showtime, ["A1", "A2"])

        scripts, booking = self.scripts_run_by(lambda: start_booking(self.ann, self.showtime, ["A1", "A2"]))

        self.assertEqual([scripts, booking.status], [2, "PENDING"])

    def test_a_payment_refreshes_the_map_once_and_frees_the_locks(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        booking = start_booking(self.ann, self.showtime, ["A1", "A2"])

        scripts, paid = self.scripts_run_by(
            lambda: settlement.pay_demo(booking=booking, succeeds=True, now=timezone.now())
        )

        self.assertEqual([scripts, paid.status], [2, "CONFIRMED"])


class RowsChangedInShellTests(MapRefreshTestCase):
    def test_a_booking_created_in_a_shell_is_on_the_map_at_once(self):
        self.assertEqual(self.status().held, [])

        Booking.objects.create(user=self.ann, showtime=self.showtime, seats=["A1"], total_amount=1)

        self.assertEqual(self.status().held, ["A1"])

    def test_a_booking_saved_in_a_shell_is_on_the_map_at_once(self):
        booking = Booking.objects.create(user=self.ann, showtime=self.showtime, seats=["A1"], total_amount=1)
        self.assertEqual(self.status().held, ["A1"])

        booking.status = Booking.Status.FAILED
        booking.save()

        self.assertEqual(self.status().held, [])

    def test_a_ticket_deleted_in_a_shell_leaves_the_map_at_once(self):
        buy(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().booked, ["A1"])

        Ticket.objects.get().delete()

        self.assertEqual(self.status().booked, [])
