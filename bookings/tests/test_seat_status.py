"""The status of a showtime's seats, as one viewer sees it."""

from datetime import timedelta

from django.utils import timezone

from bookings import checkout, lifecycle
from bookings.models import Booking
from bookings.money import refunds, settlement
from bookings.payments import provider
from bookings.seats import holds, live_map
from bookings.seats.locks import free_locks

from .support.steps import BookingTestCase, after, book, buy, hold, make_showtime, make_user, stored


class SeatStatusTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def status(self, user=None, *, now=None):
        return live_map.seat_status(self.showtime.pk, user_id=user and user.pk, now=now or timezone.now())


class SeatStatusForViewerTests(SeatStatusTestCase):
    def test_the_viewers_own_pending_seats_are_neither_free_nor_held(self):
        book(self.ann, self.showtime, ["A1"])
        hold(self.ann, self.showtime, ["A2"])

        status = self.status(self.ann)

        self.assertEqual([status.pending, status.mine, status.held], [["A1"], ["A2"], []])
        self.assertEqual(status.free, {"A2", "A3", "A4", "A5", "A6"})

    def test_left_is_some_while_the_viewer_can_choose_or_pay_then_held_then_none(self):
        showtime = make_showtime("SS")

        def left(*users):
            seen = [live_map.seat_status(showtime.pk, user_id=user.pk, now=timezone.now()) for user in users]
            return [status.left for status in seen]

        hold(self.ann, showtime, ["A1"])
        self.assertEqual(left(self.ann, self.bob), ["some", "some"])
        waiting = book(self.ann, showtime, ["A1", "A2"])
        self.assertEqual(left(self.ann, self.bob), ["some", "held"])
        settlement.pay_demo(booking=waiting, succeeds=True, now=timezone.now())
        self.assertEqual(left(self.ann, self.bob), ["none", "none"])

    def test_the_earlier_of_two_deadlines_is_shown(self):
        start = timezone.now().replace(microsecond=0)
        for minutes, seat in [(8, "A1"), (5, "A2"), (9, "A3")]:
            Booking.objects.create(
                user=self.ann,
                showtime=self.showtime,
                seats=[seat],
                total_amount=1,
                expires_at=start + timedelta(minutes=minutes),
            )

        self.assertEqual(self.status(self.ann).hold_expires_at, start + timedelta(minutes=5))

    def test_the_deadline_of_a_hold_is_shown_before_that_of_a_pending_booking(self):
        now = timezone.now()
        book(self.ann, self.showtime, ["A1"], now=now)
        held = hold(self.ann, self.showtime, ["A2"], now=now + timedelta(minutes=3))

        self.assertEqual(self.status(self.ann).hold_expires_at, held.expires_at)

    def test_a_viewer_without_seats_has_no_deadline(self):
        book(self.bob, self.showtime, ["A1"])

        self.assertEqual([self.status(who).hold_expires_at for who in (self.ann, None)], [None, None])

    def test_a_seat_sold_despite_its_lock_is_only_booked(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        booking = Booking.objects.create(
            user=self.bob, showtime=self.showtime, seats=["A1"], total_amount=1, status="CONFIRMED"
        )
        booking.tickets.create(showtime=self.showtime, seat="A1")
        holds.drop_map(self.showtime.pk, now=timezone.now())

        for viewer, mine, held in [(self.ann, ["A2"], []), (self.bob, [], ["A2"])]:
            status = self.status(viewer)
            self.assertEqual([status.booked, status.mine, status.held], [["A1"], mine, held])

    def test_labels_are_in_reading_order(self):
        showtime = make_showtime("S" * 12)
        hold(self.ann, showtime, ["A10", "A2", "A9"])

        seen = live_map.seat_status(showtime.pk, user_id=self.ann.pk, now=timezone.now())

        self.assertEqual(seen.mine, ["A2", "A9", "A10"])


class SeatsFreedAtOnceTests(SeatStatusTestCase):
    """On a warm map, a seat is free for others as soon as its booking has ended."""

    def setUp(self):
        super().setUp()
        self.now = timezone.now()

    def assert_all_free(self, now=None):
        now = now or self.now
        status = self.status(self.bob, now=now)
        self.assertEqual([status.booked, status.held, status.available], [[], [], 6])
        self.assertEqual(hold(self.bob, self.showtime, ["A1"], now=now).seats, ["A1"])

    def test_seats_are_free_after_the_visitor_cancels(self):
        booking = buy(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().booked, ["A1"])

        refunds.cancel_booking(booking=booking, now=self.now)

        self.assert_all_free()

    def test_seats_are_free_after_the_cinema_cancels_a_booking(self):
        booking = buy(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().booked, ["A1"])

        refunds.cancel_for_cinema(booking=booking, now=self.now, reason="A test")

        self.assert_all_free()

    def test_no_seat_is_taken_after_the_showtime_is_cancelled(self):
        book(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().held, ["A1"])

        refunds.cancel_showtime(showtime=self.showtime, now=self.now)

        status = self.status(self.bob)
        self.assertEqual([status.booked, status.held, status.available], [[], [], 6])

    def test_seats_are_free_after_the_booking_is_dropped(self):
        booking = book(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().held, ["A1"])

        checkout.drop_booking(booking=booking, now=self.now)

        self.assert_all_free()

    def test_seats_are_free_once_the_booking_is_overdue(self):
        booking = book(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().held, ["A1"])

        self.assert_all_free(booking.expires_at)

    def test_seats_are_free_after_a_sweep_with_a_deadline_brought_forward(self):
        booking = book(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().held, ["A1"])
        Booking.objects.filter(pk=booking.pk).update(expires_at=self.now)

        checkout.expire_overdue(now=self.now)

        self.assert_all_free()

    def test_seats_are_free_after_the_payment_fails(self):
        booking = book(self.ann, self.showtime, ["A1"])
        self.assertEqual(self.status().held, ["A1"])

        settlement.pay_demo(booking=booking, succeeds=False, now=self.now)

        self.assert_all_free()

    def test_seats_are_free_after_a_late_payment_is_refunded(self):
        """A1 is a rival's; A2, which the late payment had locked again, is free."""
        booking = book(self.ann, self.showtime, ["A1", "A2"])
        paid = provider("demo").pay(settlement.begin_payment(booking=booking, now=self.now).id)
        late = after(booking)
        rival = book(self.bob, self.showtime, ["A1"], now=late)
        self.assertEqual(self.status(now=late).held, ["A1"])

        settlement.settle(intent=paid, now=late)

        self.assertEqual([stored(booking).status, self.status(now=late).held], ["EXPIRED", ["A1"]])
        free_locks(lifecycle.drop(booking_id=rival.pk, now=late), late)
        self.assert_all_free(late)
