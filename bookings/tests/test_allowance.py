"""Limits on the seats that a visitor, or the new accounts of one address, may hold at once."""

from datetime import timedelta
from itertools import count
from unittest import mock

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from bookings import checkout, lifecycle
from bookings.money import settlement
from bookings.refusals import HoldsUnavailable, SeatsUnavailable
from bookings.seats import allowance, holds
from bookings.seats.fairness import TooManyHeld, TooManyHeldFromAddress
from moviebooking import redis_connection, throttle
from moviebooking.testing import JSON, make_screen

from .support.redis_faults import lose_keys
from .support.steps import (
    BookingTestCase,
    after,
    book,
    buy,
    hold,
    hold_json,
    make_showtime,
    make_user,
    seats_held_by,
    start_booking,
    url,
)

TEN = [f"A{number}" for number in range(1, 11)]
NEXT_TEN = [f"A{number}" for number in range(11, 21)]


@override_settings(THROTTLES=True)
class AllowanceTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        screen = make_screen("S" * 50)
        cls.one, cls.two, cls.three = (
            make_showtime(screen=screen, starts_in=timedelta(days=day)) for day in (1, 2, 3)
        )
        cls.ann, cls.bob = make_user(email=""), make_user(email="")

    def setUp(self):
        super().setUp()
        throttle._limiter.cache_clear()  # it counts under the prefix of this test
        self.addCleanup(throttle._limiter.cache_clear)
        self.now, self.days = timezone.now().replace(microsecond=0), count(4)

    def another(self):
        return make_showtime(screen=self.one.screen, starts_in=timedelta(days=next(self.days)))

    def keys(self):
        return list(redis_connection.client().scan_iter(f"{settings.REDIS_KEY_PREFIX}:*reserved"))

    def assert_room(self, user, seats, *, now=None):
        """Assert that the visitor can hold exactly so many more seats."""
        now, other = now or self.now, self.another()
        if seats < 10:
            labels = [f"A{number}" for number in range(1, seats + 2)]
            self.assertRaises(TooManyHeld, hold, user, other, labels, now=now)
        if seats:
            hold(user, other, [f"A{number}" for number in range(1, seats + 1)], now=now)
            checkout.release_seats(user_id=user.pk, showtime_id=other.pk, now=now)


class VisitorLimitTests(AllowanceTestCase):
    def test_a_visitor_holds_at_most_twenty_seats_over_all_showtimes(self):
        hold(self.ann, self.one, TEN)
        hold(self.ann, self.two, TEN)
        self.client.force_login(self.ann)

        refused = hold_json(self.client, self.three, ["A1"])

        self.assertEqual([refused.status_code, refused.json()], [429, {"error": "too_many_held"}])
        self.assertEqual(seats_held_by(self.ann, self.three), [])
        self.assertEqual([seats_held_by(self.ann, one) for one in (self.one, self.two)], [TEN, TEN])
        hold(self.bob, self.three, ["A1"])

    def test_a_refused_form_shows_the_map_and_says_when_to_try_again(self):
        hold(self.ann, self.one, TEN, now=timezone.now() - timedelta(minutes=3, seconds=30))
        hold(self.ann, self.two, TEN)
        self.client.force_login(self.ann)

        page = self.client.post(url("hold", self.three), {"seats": ["A4"]})

        self.assertEqual([page.status_code, page["Retry-After"][:2]], [429, "39"])
        self.assertTemplateUsed(page, "bookings/seat_map.html")
        self.assertContains(page, "You can hold up to 20 seats at a time", status_code=429)
        self.assertContains(page, "try again in 7 minutes.", status_code=429)
        self.assertEqual(page.context["ticked"], ["A4"])

    @override_settings(MAX_HELD_SEATS=5)
    def test_a_selection_above_the_limit_is_refused_without_a_retry_time(self):
        with self.assertRaises(TooManyHeld) as refusal:
            hold(self.ann, self.one, TEN)

        self.assertEqual(str(refusal.exception), "You can hold up to 5 seats at a time.")
        self.assertIsNone(refusal.exception.retry_after)

    def test_only_the_new_hold_of_a_showtime_counts(self):
        hold(self.ann, self.one, TEN)
        for seats in (NEXT_TEN, TEN, NEXT_TEN, ["A1", "A2", "A3"]):
            hold(self.ann, self.one, seats)

        hold(self.ann, self.two, TEN)

        self.assert_room(self.ann, 7)
        hold(self.ann, self.one, TEN)
        self.assert_room(self.ann, 0)

    def test_released_seats_no_longer_count(self):
        hold(self.ann, self.one, TEN)
        hold(self.ann, self.two, TEN)

        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.one.pk, now=timezone.now())

        self.assert_room(self.ann, 10)
        hold(self.ann, self.one, TEN)
        self.assert_room(self.ann, 0)

    def test_expired_holds_no_longer_count(self):
        hold(self.ann, self.one, TEN, now=self.now)
        hold(self.ann, self.two, TEN, now=self.now + timedelta(seconds=1))

        self.assert_room(self.ann, 0, now=self.now + timedelta(seconds=599))
        self.assert_room(self.ann, 10, now=self.now + timedelta(seconds=600))

    def test_a_hold_cut_short_by_the_ceiling_counts_until_its_own_deadline(self):
        for minutes in (0, 10, 19):
            hold(self.ann, self.one, TEN, now=self.now + timedelta(minutes=minutes))
        hold(self.ann, self.one, TEN, now=self.now + timedelta(minutes=25))
        hold(self.ann, self.two, TEN, now=self.now + timedelta(minutes=25))

        self.assert_room(self.ann, 0, now=self.now + timedelta(minutes=29))
        self.assert_room(self.ann, 10, now=self.now + timedelta(minutes=30))

    def test_a_refused_hold_leaves_the_count_as_it_was(self):
        hold(self.bob, self.one, ["A20"])
        hold(self.ann, self.one, TEN[:3])
        for _ in range(5):
            self.assertRaises(SeatsUnavailable, hold, self.ann, self.one, NEXT_TEN)

        hold(self.ann, self.two, TEN)

        self.assert_room(self.ann, 7)

    @override_settings(THROTTLES=False)
    def test_without_throttles_there_is_no_limit(self):
        for showtime in (self.one, self.two, self.three):
            hold(self.ann, showtime, TEN)

        self.assertEqual(self.keys(), [])


class PendingBookingsCountTests(AllowanceTestCase):
    def test_a_pending_booking_counts_until_its_own_deadline(self):
        hold(self.ann, self.one, TEN, now=self.now)
        hold(self.ann, self.two, TEN, now=self.now)
        later = self.now + timedelta(minutes=9)
        booking = start_booking(self.ann, self.one, TEN, now=later)

        self.assert_room(self.ann, 0, now=later)
        self.assert_room(self.ann, 10, now=self.now + timedelta(minutes=10))
        hold(self.ann, self.two, TEN, now=self.now + timedelta(minutes=10))
        self.assert_room(self.ann, 0, now=after(booking) - timedelta(seconds=2))
        self.assert_room(self.ann, 10, now=after(booking))

    def test_holds_count_besides_a_pending_booking(self):
        book(self.ann, self.one, TEN)
        hold(self.ann, self.one, NEXT_TEN)

        self.assert_room(self.ann, 0)

    def test_held_seats_that_were_not_booked_no_longer_count(self):
        hold(self.ann, self.one, TEN)
        hold(self.ann, self.two, TEN)

        start_booking(self.ann, self.one, TEN[:2])

        self.assert_room(self.ann, 8)

    def test_an_ended_booking_no_longer_counts(self):
        ends = {
            "paid": lambda booking: settlement.pay_demo(booking=booking, succeeds=True, now=self.now),
            "failed": lambda booking: settlement.pay_demo(booking=booking, succeeds=False, now=self.now),
            "dropped": lambda booking: checkout.drop_booking(booking=booking, now=self.now),
        }
        for name, end in ends.items():
            with self.subTest(name):
                user = make_user(email="")
                hold(user, self.another(), TEN, now=self.now)
                booking = book(user, self.another(), TEN, now=self.now)
                self.assert_room(user, 0)

                end(booking)

                self.assert_room(user, 10)

    def test_a_booking_that_fails_to_be_created_leaves_the_hold_counted(self):
        hold(self.ann, self.one, TEN)
        hold(self.ann, self.two, TEN)
        with (
            mock.patch.object(lifecycle, "create_pending", side_effect=SeatsUnavailable(["A1"])),
            self.assertRaises(SeatsUnavailable),
        ):
            start_booking(self.ann, self.one, TEN)

        self.assert_room(self.ann, 0)
        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.one.pk, now=timezone.now())
        self.assert_room(self.ann, 10)

    def test_a_hold_that_expired_before_booking_leaves_nothing_counted(self):
        hold(self.ann, self.one, TEN, now=self.now)
        late = self.now + timedelta(minutes=11)
        self.assertRaises(SeatsUnavailable, start_booking, self.ann, self.one, TEN, now=late)
        hold(self.ann, self.two, TEN, now=late)

        self.assert_room(self.ann, 10, now=late)


class LimitAfterFaultTests(AllowanceTestCase):
    def test_a_crash_between_the_two_steps_counts_too_much_until_the_deadline(self):
        for outcome in (KeyboardInterrupt(), HoldsUnavailable()):
            user, now = make_user(email=""), self.now
            with (
                self.subTest(outcome),
                mock.patch.object(holds, "take", side_effect=outcome),
                self.assertRaises(type(outcome)),
            ):
                hold(user, self.one, TEN, now=now)

            hold(user, self.another(), TEN, now=now)
            self.assert_room(user, 0, now=now)
            self.assert_room(user, 10, now=now + timedelta(minutes=10))

    def test_a_crashed_hold_does_not_keep_its_visitor_from_the_same_seats(self):
        with mock.patch.object(holds, "take", side_effect=HoldsUnavailable()):
            self.assertRaises(HoldsUnavailable, hold, self.ann, self.one, TEN)
        hold(self.ann, self.two, TEN)

        self.assertEqual(hold(self.ann, self.one, TEN).seats, TEN)

    def test_after_a_loss_of_redis_pending_bookings_are_counted_from_sql(self):
        book(self.ann, self.one, TEN, now=self.now)
        buy(self.ann, self.two, TEN, now=self.now)
        lose_keys()

        self.assert_room(self.ann, 10)
        hold(self.ann, self.three, TEN, now=self.now)
        self.assert_room(self.ann, 0)

    def test_a_booking_that_ended_after_redis_was_lost_no_longer_counts(self):
        booking = book(self.ann, self.one, TEN, now=self.now)
        lose_keys()
        hold(self.ann, self.two, TEN, now=self.now)

        checkout.drop_booking(booking=booking, now=self.now)

        self.assert_room(self.ann, 10)

    def test_every_key_of_the_totals_expires(self):
        hold(self.ann, self.one, TEN)

        self.assertEqual(len(self.keys()), 2)
        self.assertEqual([key for key in self.keys() if redis_connection.client().pttl(key) <= 0], [])


class AddressLimitTests(AllowanceTestCase):
    def fill(self, address, *, showtime=None):
        """Have four new accounts hold ten seats each from that address."""
        users = [make_user(email="") for _ in range(4)]
        for number, user in enumerate(users):
            labels = [f"A{number * 10 + seat}" for seat in range(1, 11)]
            hold(user, showtime or self.one, labels, now=self.now, address=address)
        return users

    def assert_full(self, address, *, user=None):
        with self.assertRaises(TooManyHeldFromAddress) as refusal:
            hold(user or make_user(email=""), self.two, ["A1"], now=self.now, address=address)
        return refusal.exception

    def test_new_accounts_hold_at_most_forty_from_one_address(self):
        self.fill("192.0.2.7")

        refusal = self.assert_full("192.0.2.7", user=self.ann)

        self.assertEqual([refusal.code, refusal.retry_after], ["too_many_held", 600])
        self.assertIn("Try again in 10 minutes.", str(refusal))
        hold(self.ann, self.two, ["A1"], now=self.now, address="192.0.2.8")

    def test_a_refusal_by_address_uses_up_nothing_of_the_visitors_own_limit(self):
        self.fill("192.0.2.7")
        self.assert_full("192.0.2.7", user=self.ann)
        for showtime in (self.three, self.another()):  # for self.two it would replace the refused hold
            hold(self.ann, showtime, TEN, now=self.now, address="192.0.2.8")

    def test_the_pages_count_the_clients_own_address(self):
        self.fill("127.0.0.1")
        self.client.force_login(self.ann)

        page = self.client.post(url("hold", self.two), {"seats": ["A1"]})
        data = hold_json(self.client, self.two, ["A1"])

        self.assertContains(page, "New accounts on your network", status_code=429)
        self.assertEqual([data.status_code, data.json()], [429, {"error": "too_many_held"}])

    @override_settings(PROXY_COUNT=1)
    def test_the_clients_address_counts_behind_a_trusted_proxy(self):
        self.fill("192.0.2.7")
        self.client.force_login(self.ann)

        def answer(forwarded):
            headers = {**JSON, "X-Forwarded-For": forwarded}
            return self.client.post(url("hold", self.two), {"seats": ["A1"]}, headers=headers).status_code

        self.assertEqual([answer("192.0.2.7"), answer("192.0.2.7, 192.0.2.9")], [429, 200])

    def test_older_accounts_neither_count_nor_are_refused(self):
        self.fill("192.0.2.7")
        old = make_user(email="", date_joined=self.now - timedelta(days=1))
        hold(old, self.two, TEN, now=self.now, address="192.0.2.7")

        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.one.pk, now=self.now)
        self.assert_full("192.0.2.7")

    def test_a_network_of_ipv6_is_one_address_and_a_mapped_one_is_ipv4(self):
        self.fill("2001:db8::1")
        self.assert_full("2001:db8::abcd:2")
        hold(self.ann, self.two, ["A1"], now=self.now, address="2001:db8:0:1::1")

        self.fill("192.0.2.7", showtime=self.three)
        self.assert_full("::ffff:192.0.2.7")

    def test_accounts_without_a_known_address_are_not_counted(self):
        for showtime in (self.one, self.three):
            self.fill("", showtime=showtime)

        hold(self.ann, self.two, TEN, now=self.now, address="")

    def test_ended_holds_and_bookings_of_an_address_no_longer_count(self):
        ends = {
            "released": lambda user: checkout.release_seats(
                user_id=user.pk, showtime_id=self.one.pk, now=self.now
            ),
            "paid": lambda user: settlement.pay_demo(booking=self.start(user), succeeds=True, now=self.now),
            "dropped": lambda user: checkout.drop_booking(booking=self.start(user), now=self.now),
        }
        for number, (name, end) in enumerate(ends.items()):
            with self.subTest(name):
                address = f"192.0.2.{number}"
                self.one = self.another()
                users = self.fill(address)
                self.assert_full(address)

                end(users[0])

                new = make_user(email="")
                hold(new, self.two, NEXT_TEN, now=self.now, address=address)
                self.assert_full(address)
                checkout.release_seats(user_id=new.pk, showtime_id=self.two.pk, now=self.now)

    def start(self, user):
        return start_booking(
            user, self.one, seats_held_by(user, self.one, now=self.now), now=self.now, address="198.51.100.1"
        )

    def test_a_new_accounts_booking_counts_for_the_address_it_was_made_from(self):
        booking = book(self.ann, self.one, TEN, now=self.now, address="192.0.2.7")
        for number in range(2, 5):
            labels = [f"A{number * 10 + seat}" for seat in range(1, 11)]
            hold(make_user(email=""), self.one, labels, now=self.now, address="192.0.2.7")

        self.assert_full("192.0.2.7")
        checkout.drop_booking(booking=booking, now=self.now)
        hold(self.bob, self.two, TEN, now=self.now, address="192.0.2.7")

    def test_addresses_are_normalized_before_they_are_counted(self):
        new = make_user(email="")
        shared = [
            allowance._counted_address(new, address, self.now)
            for address in ("192.0.2.7", "2001:db8:1:2:3::4", "::ffff:192.0.2.7", "", "unix:", "fe80::1%eth0")
        ]

        self.assertEqual(shared, ["192.0.2.7", "2001:db8:1:2::/64", "192.0.2.7", "", "", "fe80::/64"])
