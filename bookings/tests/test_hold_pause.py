"""A visitor who has used up the time for a showtime without paying must pause before holding again."""

from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from bookings import checkout, lifecycle
from bookings.money import settlement
from bookings.seats.fairness import HoldPaused
from moviebooking import throttle

from .support.steps import (
    BookingTestCase,
    book,
    hold,
    hold_json,
    make_showtime,
    make_user,
    seats_held_by,
    start_booking,
    url,
)


@override_settings(THROTTLES=True)
class PauseTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS", starts_in=timedelta(days=2))
        cls.ann, cls.bob = make_user(email=""), make_user(email="")

    def setUp(self):
        super().setUp()
        throttle._limiter.cache_clear()  # it counts under the prefix of this test
        self.addCleanup(throttle._limiter.cache_clear)
        self.start = timezone.now().replace(microsecond=0)

    def at(self, minutes, seconds=0):
        return self.start + timedelta(minutes=minutes, seconds=seconds)

    def hold(self, minutes, seats=("A1",), seconds=0):
        """Return the minutes from the start until the hold ends."""
        held = hold(self.ann, self.showtime, list(seats), now=self.at(minutes, seconds))
        return (held.expires_at - self.start) / timedelta(minutes=1)

    def assert_paused(self, minutes, *, until):
        with self.assertRaises(HoldPaused) as refusal:
            self.hold(minutes)
        self.assertEqual(refusal.exception.retry_after, (until - minutes) * 60)


class PauseAfterHoldCeilingTests(PauseTestCase):
    def test_a_pause_follows_the_ceiling(self):
        self.assertEqual([self.hold(at) for at in (0, 9, 18, 26, 29)], [10, 19, 28, 30, 30])

        self.assert_paused(30, until=35)
        self.assert_paused(34, until=35)
        self.assertEqual(self.hold(35), 45)

    def test_the_pause_applies_to_every_seat_of_the_showtime(self):
        for minutes in (0, 9, 18, 26):
            self.hold(minutes)

        self.assertRaises(HoldPaused, self.hold, 31, ["A2"])

    def test_the_pause_applies_to_no_other_showtime_or_visitor(self):
        for minutes in (0, 9, 18, 26):
            self.hold(minutes)

        hold(self.ann, make_showtime("SS"), ["A1"], now=self.at(31))
        hold(self.bob, self.showtime, ["A1"], now=self.at(31))

    def test_releasing_does_not_end_the_pause(self):
        for minutes in (0, 9, 18, 26):
            self.hold(minutes)
        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.showtime.pk, now=self.at(27))

        self.assert_paused(31, until=35)

    def test_a_visitor_who_left_before_the_ceiling_has_no_pause(self):
        self.hold(0)
        self.hold(15)

        self.assertEqual(self.hold(30), 40)

    def test_a_hold_that_ends_in_the_last_second_counts_as_using_up_the_ceiling(self):
        """Otherwise the seat could be held again before anybody else can try."""
        self.hold(0)
        self.hold(9)
        self.hold(18)
        self.hold(19, seconds=59)

        self.assert_paused(30, until=35)

    def test_a_booking_that_ends_after_the_ceiling_uses_it_up(self):
        for minutes in (0, 9, 18):
            self.hold(minutes)
        booking = start_booking(self.ann, self.showtime, ["A1"], now=self.at(27))
        self.assertEqual(booking.expires_at, self.at(37))

        self.assert_paused(37, until=42)
        self.assertEqual(self.hold(42), 52)

    def test_the_pause_starts_when_the_booking_is_dropped(self):
        for minutes in (0, 9, 18):
            self.hold(minutes)
        booking = start_booking(self.ann, self.showtime, ["A1"], now=self.at(27))
        checkout.drop_booking(booking=booking, now=self.at(33))

        self.assert_paused(33, until=38)

    def test_a_booking_dropped_before_the_ceiling_leaves_the_rest_of_the_time(self):
        for minutes in (0, 9, 18):
            self.hold(minutes)
        booking = start_booking(self.ann, self.showtime, ["A1"], now=self.at(22))
        checkout.drop_booking(booking=booking, now=self.at(24))

        self.assertEqual(self.hold(25), 30)

    def test_paying_restarts_the_time(self):
        for minutes in (0, 9, 18, 26):
            self.hold(minutes)
        booking = start_booking(self.ann, self.showtime, ["A1"], now=self.at(27))
        settlement.pay_demo(booking=booking, succeeds=True, now=self.at(31))

        self.assertEqual(self.hold(32, ["A2"]), 42)

    @override_settings(THROTTLES=False)
    def test_no_pause_applies_without_throttles(self):
        for minutes in (0, 9, 18, 26):
            self.hold(minutes)

        self.assertEqual(self.hold(30), 40)

    @override_settings(SEAT_HOLD_PAUSE_SECONDS=60, SEAT_HOLD_CEILING_SECONDS=1200)
    def test_ceiling_and_pause_are_settings(self):
        self.hold(0)
        self.assertEqual(self.hold(9), 19)
        self.assertEqual(self.hold(18), 20)

        self.assert_paused(20, until=21)


class PauseAfterUnpaidBookingsTests(PauseTestCase):
    def unpaid(self, minutes, end, seats=("A1",)):
        """Create an unpaid booking at that minute."""
        booking = book(self.ann, self.showtime, list(seats), now=self.at(minutes))
        end(booking)

    def drop(self, minutes):
        return lambda booking: checkout.drop_booking(booking=booking, now=self.at(minutes))

    def fail_payment(self, minutes):
        return lambda booking: settlement.pay_demo(booking=booking, succeeds=False, now=self.at(minutes))

    def lapse(self, booking):
        """Pass the booking's deadline, with or without a sweep."""

    def test_the_second_booking_that_ends_unpaid_within_an_hour_leads_to_a_pause(self):
        self.unpaid(0, self.drop(1))
        self.unpaid(2, self.drop(3))

        self.assert_paused(3, until=8)
        self.assertEqual(self.hold(8), 18)

    def test_bookings_with_failed_payments_count_too(self):
        self.unpaid(0, self.fail_payment(1))
        self.unpaid(2, self.fail_payment(3))

        self.assert_paused(4, until=8)

    def test_expired_bookings_count_whether_swept_or_not(self):
        self.unpaid(0, self.lapse)
        self.unpaid(10, self.lapse)
        self.assert_paused(20, until=25)

        lifecycle.expire_overdue(self.at(21))
        self.assertEqual(checkout.expire_overdue(now=self.at(22)), 0)

        self.assert_paused(22, until=25)

    def test_a_sweep_does_not_move_the_end_of_a_booking(self):
        self.unpaid(0, self.lapse)
        self.unpaid(10, self.lapse)
        checkout.expire_overdue(now=self.at(24))

        self.assert_paused(24, until=25)

    def test_an_unpaid_booking_no_longer_counts_after_an_hour(self):
        self.unpaid(0, self.drop(1))
        self.unpaid(62, self.drop(63))

        self.assertEqual(self.hold(64), 74)

    def test_a_third_unpaid_booking_leads_to_another_pause(self):
        self.unpaid(0, self.drop(1))
        self.unpaid(2, self.drop(3))
        self.unpaid(9, self.drop(10))

        self.assert_paused(10, until=15)

    def test_a_paid_booking_does_not_count(self):
        self.unpaid(0, self.drop(1))
        settlement.pay_demo(
            booking=book(self.ann, self.showtime, ["A2"], now=self.at(2)), succeeds=True, now=self.at(3)
        )

        self.assertEqual(self.hold(4), 14)

    def test_a_booking_of_another_showtime_does_not_count(self):
        self.unpaid(0, self.drop(1))
        other = book(self.ann, make_showtime("SS"), ["A1"], now=self.at(2))
        checkout.drop_booking(booking=other, now=self.at(3))

        self.assertEqual(self.hold(4), 14)

    def test_a_paused_visitor_keeps_current_holds_until_their_deadline(self):
        self.unpaid(0, self.drop(1))
        booking = book(self.ann, self.showtime, ["A1"], now=self.at(2))
        self.hold(2, ["A2"])
        checkout.drop_booking(booking=booking, now=self.at(3))

        self.assertRaises(HoldPaused, self.hold, 4, ["A2"])
        self.assertEqual(seats_held_by(self.ann, self.showtime, now=self.at(4)), ["A2"])


class PausedHoldResponseTests(PauseTestCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        for minutes in (1, 2):
            booking = book(self.ann, self.showtime, ["A1"], now=self.at(-minutes))
            checkout.drop_booking(booking=booking, now=self.at(-minutes))

    def test_a_paused_hold_is_refused_with_retry_after_in_json(self):
        answer = hold_json(self.client, self.showtime, ["A1"])

        self.assertEqual([answer.status_code, answer.json()], [429, {"error": "hold_paused"}])
        self.assertIn(int(answer["Retry-After"]), range(200, 241))

    def test_a_paused_form_shows_the_map_and_says_when_to_try_again(self):
        page = self.client.post(url("hold", self.showtime), {"seats": ["A2"]})

        self.assertEqual(page.status_code, 429)
        self.assertTemplateUsed(page, "bookings/seat_map.html")
        self.assertContains(page, "You can hold seats here again in 4 minutes.", status_code=429)
        self.assertIn(int(page["Retry-After"]), range(200, 241))
        self.assertEqual(page.context["ticked"], ["A2"])
