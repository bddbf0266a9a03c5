"""With Redis down or silent, nothing is sold unchecked and every page works."""

import re
import time
from datetime import timedelta

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from bookings import checkout
from bookings.models import Booking
from bookings.money import settlement
from bookings.refusals import BookingWaiting, ShowtimeClosed
from moviebooking.testing import JSON, PASSWORD

from .support.drawn_seats import drawn_seats
from .support.redis_faults import redis_down, redis_silent
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
    seats_json,
    start_booking,
    stored,
    url,
)

UNAVAILABLE = {"error": "holds_unavailable"}


class RedisDownTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user("ann"), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)


class HoldWithoutRedisTests(RedisDownTestCase):
    def test_holding_answers_503_within_two_seconds(self):
        for fault in (redis_down, redis_silent):
            with self.subTest(fault.__name__), fault():
                begin = time.monotonic()

                response = hold_json(self.client, self.showtime, ["A1"])

                self.assertLess(time.monotonic() - begin, 2)
                self.assertEqual([response.status_code, response.json()], [503, UNAVAILABLE])

    def test_releasing_answers_503(self):
        with redis_down():
            response = self.client.post(url("release", self.showtime), headers=JSON)

        self.assertEqual([response.status_code, response.json()], [503, UNAVAILABLE])

    def test_a_form_gets_the_map_with_an_explanation_and_its_selection(self):
        with redis_down():
            response = self.client.post(url("hold", self.showtime), {"seats": ["A1", "A2"]})

        self.assertContains(response, "The map may be out of date.", count=1, status_code=503)
        self.assertEqual(response.context["ticked"], ["A1", "A2"])
        self.assertContains(response, 'value="A1" checked>', status_code=503)  # can be sent again

    def test_an_invalid_request_is_still_refused_first(self):
        begun = make_showtime(starts_in=timedelta(minutes=-1))
        with redis_down():
            self.assertEqual(hold_json(self.client, self.showtime, ["Z9"]).status_code, 400)
            self.assertEqual(hold_json(self.client, begun, ["A1"]).status_code, 410)
            self.assertEqual(self.client.post("/showtimes/987654/hold/").status_code, 404)

    def test_a_hold_outlives_the_outage(self):
        hold(self.ann, self.showtime, ["A1"])
        with redis_down():
            hold_json(self.client, self.showtime, ["A2"])

        self.assertEqual(seats_held_by(self.ann, self.showtime), ["A1"])


class PagesWithoutRedisTests(RedisDownTestCase):
    def setUp(self):
        super().setUp()
        buy(self.bob, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        book(self.ann, self.showtime, ["A3"])

    def test_seat_status_comes_from_sql(self):
        for fault in (redis_down, redis_silent):
            with self.subTest(fault.__name__), fault():
                answer = seats_json(self.client, self.showtime).json()

                self.assertEqual(
                    [answer[key] for key in ("available", "booked", "held", "mine")],
                    [4, ["A1"], ["A2"], ["A3"]],
                )

    def test_the_seat_map_comes_from_sql_with_a_notice(self):
        for fault in (redis_down, redis_silent):
            with self.subTest(fault.__name__), fault():
                response = self.client.get(url("seat_map", self.showtime))

                self.assertEqual(response.status_code, 200)
                states = {label: seat.state for label, seat in drawn_seats(response).items()}
                self.assertEqual(
                    states,
                    {"A1": "booked", "A2": "held", "A3": "pending", "A4": "free", "A5": "free", "A6": "free"},
                )
                self.assertTrue(response.context["degraded"])
                self.assertContains(response, "notice--warning")
                strangers = self.client_class().get(url("seat_map", self.showtime)).content.decode()
                self.assertEqual(re.findall(r'value="(\w+)" disabled', strangers), ["A1", "A2", "A3"])

    def test_every_page_works_and_the_visitor_stays_logged_in(self):
        mine = Booking.objects.get(user=self.ann)
        pages = {
            reverse("home"): 200,
            reverse("movies:list"): 200,
            reverse("movies:detail", args=[self.showtime.movie.slug]): 200,
            reverse("theaters:list"): 200,
            reverse("theaters:detail", args=[self.showtime.screen.theater.slug]): 200,
            reverse("accounts:profile"): 200,
            reverse("bookings:list"): 200,
            mine.get_absolute_url(): 200,
            f"/bookings/{mine.reference}/pay/": 200,
            reverse("healthz"): 200,
            reverse("readyz"): 503,
        }
        with redis_down():
            answered = {page: self.client.get(page).status_code for page in pages}

        self.assertEqual(answered, pages)

    def test_a_silent_redis_costs_a_page_less_than_two_seconds(self):
        with redis_silent():
            begin = time.monotonic()
            self.assertEqual(self.client.get(reverse("bookings:list")).status_code, 200)
            self.assertLess(time.monotonic() - begin, 2)

    def test_logging_in_and_out_works(self):
        self.client.logout()
        with redis_down():
            form = {"username": "ann", "password": PASSWORD}
            self.client.post(reverse("accounts:login"), form)
            self.assertEqual(self.client.get(reverse("accounts:profile")).status_code, 200)
            self.client.post(reverse("accounts:logout"))
            self.assertEqual(self.client.get(reverse("accounts:profile")).status_code, 302)

    def test_a_session_outlives_the_outage(self):
        with redis_down():
            self.client.get(reverse("accounts:profile"))

        self.assertEqual(self.client.get(reverse("accounts:profile")).status_code, 200)


class BookingWithoutRedisTests(RedisDownTestCase):
    def test_booking_answers_503_and_creates_nothing(self):
        hold_json(self.client, self.showtime, ["A1"])
        with redis_down():
            as_json = self.client.post(
                url("create_booking", self.showtime), {"seat_ids": ["A1"]}, headers=JSON
            )
            as_html = self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1"]})

        self.assertEqual([as_json.status_code, as_json.json()], [503, UNAVAILABLE])
        self.assertContains(as_html, "The map may be out of date.", count=1, status_code=503)
        self.assertEqual(Booking.objects.count(), 0)

    def test_a_showtime_that_has_begun_is_still_refused_first(self):
        begun = make_showtime(starts_in=timedelta(minutes=-1))

        with redis_down(), self.assertRaises(ShowtimeClosed):
            start_booking(self.ann, begun, ["A1"])

    def test_a_visitor_with_a_waiting_booking_is_still_led_to_it(self):
        waiting = book(self.ann, self.showtime, ["A1"])

        with redis_down(), self.assertRaises(BookingWaiting) as refusal:
            start_booking(self.ann, self.showtime, ["A2"])

        self.assertEqual(refusal.exception.booking, waiting)

    def test_the_review_says_that_seats_cannot_be_held(self):
        hold_json(self.client, self.showtime, ["A1"])
        with redis_down():
            response = self.client.get(url("create_booking", self.showtime))

        self.assertContains(response, "The map may be out of date.", count=1, status_code=503)

    def test_booking_works_again_when_redis_is_back(self):
        hold_json(self.client, self.showtime, ["A1"])
        with redis_down():
            self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1"]})

        self.client.get(url("create_booking", self.showtime))
        self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1"]})

        self.assertEqual(Booking.objects.get().status, "PENDING")


class PayingWithoutRedisTests(RedisDownTestCase):
    def setUp(self):
        super().setUp()
        self.booking = book(self.ann, self.showtime, ["A1", "A2"])
        self.page = f"/bookings/{self.booking.reference}/pay/"

    def test_a_payable_booking_is_paid_and_its_email_sent(self):
        with redis_down(), self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(self.page, {"outcome": "success"})

        self.assertRedirects(response, self.booking.get_absolute_url())
        self.assertEqual(stored(self.booking).status, "CONFIRMED")
        self.assertEqual([self.booking.reference in one.subject for one in mail.outbox], [True])

    def test_a_failed_payment_fails_the_booking(self):
        with redis_down():
            self.client.post(self.page, {"outcome": "failure"})

        self.assertEqual(stored(self.booking).status, "FAILED")

    def test_a_stale_map_sells_no_seat_twice_when_redis_is_back(self):
        with redis_down():
            settlement.pay_demo(booking=self.booking, succeeds=True, now=timezone.now())

        with self.assertRaises(checkout.SeatsUnavailable):
            book(self.bob, self.showtime, ["A1"], now=after(self.booking))

    def test_a_dropped_bookings_seats_are_free_at_its_deadline_at_the_latest(self):
        with redis_down():
            checkout.drop_booking(booking=self.booking, now=timezone.now())

        held = hold(self.bob, self.showtime, ["A1", "A2"], now=self.booking.expires_at)
        self.assertEqual(held.seats, ["A1", "A2"])


class PriceChangeWithoutRedisTests(RedisDownTestCase):
    def test_a_price_changed_without_redis_is_never_sold_at_the_old_one(self):
        hold_json(self.client, self.showtime, ["A1"])
        with redis_down(), self.captureOnCommitCallbacks(execute=True):
            self.showtime.price = "300.00"
            self.showtime.save()

        response = self.client.post(
            url("create_booking", self.showtime), {"seat_ids": ["A1"], "quoted_total": "247.80"}
        )

        self.assertContains(response, "The price has changed", status_code=409)
