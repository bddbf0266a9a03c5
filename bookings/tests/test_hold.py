from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from django.test import override_settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bookings import checkout
from bookings.models import Booking, Ticket
from moviebooking import throttle
from moviebooking.testing import JSON, make_showtime, make_user

from .support.steps import BookingTestCase, book, buy, hold, hold_json, seats_held_by, seats_json, url


class HoldTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSS__SSS\nPPP__PPP")
        cls.ann, cls.bob = make_user("ann"), make_user("bob")

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def test_a_hold_returns_its_deadline_and_total(self):
        before = timezone.now()

        response = hold_json(self.client, self.showtime, ["A2", "A1"])

        self.assertEqual(response.status_code, 200)
        answer = response.json()
        self.assertEqual(answer["held"], ["A1", "A2"])
        self.assertEqual(answer["total_amount"], "495.60")
        deadline = parse_datetime(answer["hold_expires_at"])
        self.assertTrue(answer["hold_expires_at"].endswith("Z"))
        self.assertAlmostEqual(deadline, before + timedelta(seconds=600), delta=timedelta(seconds=5))

    def test_a_hold_by_form_redirects_to_the_review(self):
        response = self.client.post(url("hold", self.showtime), {"seats": ["A1"]})

        self.assertRedirects(response, url("create_booking", self.showtime))

    def test_a_seat_held_by_another_visitor_refuses_the_whole_selection(self):
        hold(self.bob, self.showtime, ["A2"])

        response = hold_json(self.client, self.showtime, ["A1", "A2"])

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.json(), {"error": "seats_unavailable", "seats": ["A2"]})
        self.assertEqual(seats_held_by(self.ann, self.showtime), [])

    def test_a_refused_hold_keeps_the_earlier_one(self):
        hold(self.ann, self.showtime, ["A1"])
        hold(self.bob, self.showtime, ["A2"])

        hold_json(self.client, self.showtime, ["A2", "A3"])

        self.assertEqual(seats_held_by(self.ann, self.showtime), ["A1"])

    def test_a_new_hold_replaces_the_earlier_one(self):
        hold(self.ann, self.showtime, ["A1", "A2"])

        hold_json(self.client, self.showtime, ["A2", "A3"])

        self.assertEqual(seats_held_by(self.ann, self.showtime), ["A2", "A3"])
        self.assertEqual(hold(self.bob, self.showtime, ["A1"]).seats, ["A1"])

    def test_a_sold_seat_is_refused(self):
        buy(self.bob, self.showtime, ["A1"])

        response = hold_json(self.client, self.showtime, ["A1"])

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.json(), {"error": "seats_unavailable", "seats": ["A1"]})

    def test_a_seat_of_a_pending_booking_is_refused(self):
        book(self.bob, self.showtime, ["A1"])

        self.assertEqual(hold_json(self.client, self.showtime, ["A1"]).json()["seats"], ["A1"])

    def test_a_pending_booking_keeps_its_seats_when_its_visitor_holds_others_or_releases(self):
        book(self.ann, self.showtime, ["A1"])

        self.assertEqual(hold_json(self.client, self.showtime, ["A2"]).status_code, 200)
        self.client.post(url("release", self.showtime), headers=JSON)

        self.client.force_login(self.bob)
        self.assertEqual(hold_json(self.client, self.showtime, ["A1"]).json()["seats"], ["A1"])
        self.assertEqual(hold_json(self.client, self.showtime, ["A2"]).status_code, 200)

    def test_unknown_labels_are_named_in_the_refusal(self):
        cases = {
            "unknown": (["Z99"], ["Z99"]),
            "lower case": (["a1"], ["a1"]),
            "repeated": (["A1", "A1"], ["A1"]),
            "none": ([], []),
            "a gap in unicode": (["Ａ１"], ["Ａ１"]),
            "nul": (["A1\x00"], ["A1\x00"]),
        }
        for name, (seats, named) in cases.items():
            with self.subTest(name):
                response = hold_json(self.client, self.showtime, seats)
                self.assertEqual(response.status_code, 400)
                self.assertEqual(response.json(), {"error": "invalid_seats", "seats": named})

    @override_settings(MAX_SEATS_PER_BOOKING=2)
    def test_more_seats_than_a_booking_may_have_are_refused(self):
        response = hold_json(self.client, self.showtime, ["A1", "A2", "A3"])

        self.assertEqual(response.status_code, 400)
        self.assertEqual(response.json()["error"], "invalid_seats")

    def test_ten_thousand_labels_are_refused_with_a_short_message(self):
        response = hold_json(self.client, self.showtime, [f"A{number}" for number in range(10_000)])

        self.assertEqual(response.status_code, 400)
        self.assertLess(len(response.content), 1_000)

    def test_seats_cannot_be_held_once_the_showtime_has_started(self):
        begun = make_showtime("SSS", starts_in=timedelta(0))

        response = hold_json(self.client, begun, ["A1"])

        self.assertEqual(response.status_code, 410)
        self.assertEqual(response.json(), {"error": "showtime_closed"})
        self.assertEqual(self.client.post(url("hold", begun), {"seats": ["A1"]}).status_code, 410)

    def test_an_unknown_showtime_is_not_found(self):
        for pk in (0, 987_654, 10**14):
            self.assertEqual(self.client.post(f"/showtimes/{pk}/hold/", {"seats": ["A1"]}).status_code, 404)
        self.assertEqual(self.client.post(f"/showtimes/{10**30}/hold/", {"seats": ["A1"]}).status_code, 404)

    def test_an_unknown_showtime_has_nothing_to_release(self):
        for headers in (JSON, {}):
            self.assertEqual(self.client.post("/showtimes/987654/release/", headers=headers).status_code, 404)

    def test_holding_requires_post(self):
        self.assertEqual(self.client.get(url("hold", self.showtime)).status_code, 405)
        self.assertEqual(self.client.get(url("release", self.showtime)).status_code, 405)

    def test_a_refused_form_keeps_the_available_seats_selected(self):
        hold(self.bob, self.showtime, ["A2"])

        response = self.client.post(url("hold", self.showtime), {"seats": ["A1", "A2", "A3"]})

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.context["ticked"], ["A1", "A3"])
        self.assertContains(response, "A2 was just taken", status_code=409)


class AnonymousHoldTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime()

    def test_an_anonymous_json_request_is_told_to_log_in(self):
        response = hold_json(self.client, self.showtime, ["A1"])

        self.assertEqual(response.status_code, 401)
        self.assertEqual(response.json(), {"error": "login_required"})

    def test_an_anonymous_form_returns_to_the_map_with_its_seats_after_login(self):
        response = self.client.post(url("hold", self.showtime), {"seats": ["A1", "A3"]})

        self.assertEqual(response.status_code, 302)
        self.assertIn("/accounts/login/?next=", response["Location"])
        self.client.force_login(make_user())
        back = self.client.get(url("seat_map", self.showtime) + "?seats=A1&seats=A3")
        self.assertEqual(back.context["ticked"], ["A1", "A3"])

    def test_labels_that_are_too_long_are_dropped_from_the_login_redirect(self):
        response = self.client.post(url("hold", self.showtime), {"seats": ["A1", "x" * 1500]})

        self.assertEqual(
            parse_qs(urlsplit(response["Location"]).query)["next"],
            [url("seat_map", self.showtime) + "?seats=A1"],
        )


@override_settings(THROTTLES=True)
class HoldThrottleTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann = make_showtime(), make_user()

    def setUp(self):
        super().setUp()
        throttle._limiter.cache_clear()  # it counts under the prefix of this test
        self.addCleanup(throttle._limiter.cache_clear)
        self.client.force_login(self.ann)

    def test_releasing_does_not_count_towards_the_hold_throttle(self):
        for _ in range(45):
            self.client.post(url("release", self.showtime), headers=JSON)

        answers = {hold_json(self.client, self.showtime, ["A1"]).status_code for _ in range(30)}

        self.assertEqual(answers, {200})

    def test_more_than_sixty_holds_a_minute_are_throttled(self):
        answers = [hold_json(self.client, self.showtime, ["A1"]) for _ in range(61)]

        self.assertEqual([one.status_code for one in answers], [200] * 60 + [429])
        self.assertGreater(int(answers[-1]["Retry-After"]), 0)


class HoldTimeTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann, cls.bob = make_showtime(), make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.start = timezone.now().replace(microsecond=0)

    def at(self, minutes):
        return self.start + timedelta(minutes=minutes)

    def test_a_new_hold_renews_the_deadline_up_to_half_an_hour_after_the_first(self):
        deadlines = [
            hold(self.ann, self.showtime, ["A1"], now=self.at(minutes)).expires_at
            for minutes in (0, 9, 18, 26)
        ]

        self.assertEqual(deadlines, [self.at(10), self.at(19), self.at(28), self.at(30)])

    def test_releasing_does_not_restart_the_half_hour(self):
        hold(self.ann, self.showtime, ["A1"], now=self.start)
        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.showtime.pk, now=self.at(1))

        self.assertEqual(hold(self.ann, self.showtime, ["A1"], now=self.at(25)).expires_at, self.at(30))

    def test_a_hold_after_the_half_hour_starts_a_new_one(self):
        hold(self.ann, self.showtime, ["A1"], now=self.start)

        self.assertEqual(hold(self.ann, self.showtime, ["A1"], now=self.at(30)).expires_at, self.at(40))

    def test_paying_starts_a_new_half_hour_and_dropping_does_not(self):
        for end, minutes in ((buy, 35), (self.book_and_drop, 30)):
            visitor, showtime = make_user(), make_showtime()
            end(visitor, showtime, ["A1"], now=self.start)

            deadline = hold(visitor, showtime, ["A2"], now=self.at(25)).expires_at

            self.assertEqual(deadline, self.at(minutes))

    def book_and_drop(self, user, showtime, seats, *, now):
        checkout.drop_booking(booking=book(user, showtime, seats, now=now), now=now)

    def test_a_seat_is_free_for_everyone_at_the_holds_deadline(self):
        hold(self.ann, self.showtime, ["A1"], now=self.start)

        self.assertEqual(hold(self.bob, self.showtime, ["A1"], now=self.at(10)).seats, ["A1"])
        self.assertEqual(seats_held_by(self.ann, self.showtime, now=self.at(10)), [])


class SeatStatusTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob, cls.cem = make_user(), make_user(), make_user()

    def test_a_showtime_without_holds_has_all_seats_available(self):
        self.assertEqual(
            seats_json(self.client, self.showtime).json(),
            {
                "showtime": self.showtime.pk,
                "available": 6,
                "booked": [],
                "held": [],
                "mine": [],
                "hold_expires_at": None,
            },
        )

    def test_only_the_holder_sees_a_seat_as_mine(self):
        buy(self.bob, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        held = hold(self.ann, self.showtime, ["A3", "A4"])

        def seen():
            answer = seats_json(self.client, self.showtime).json()
            return [answer[key] for key in ("available", "booked", "held", "mine")]

        self.assertEqual(seen(), [2, ["A1"], ["A2", "A3", "A4"], []])
        self.client.force_login(self.ann)
        self.assertEqual(seen(), [4, ["A1"], ["A2"], ["A3", "A4"]])
        deadline = parse_datetime(seats_json(self.client, self.showtime).json()["hold_expires_at"])
        self.assertEqual(deadline, held.expires_at)
        self.client.force_login(self.bob)
        self.assertEqual(seen(), [3, ["A1"], ["A3", "A4"], ["A2"]])

    def test_seat_status_is_not_cached(self):
        self.assertEqual(seats_json(self.client, self.showtime)["Cache-Control"], "private, no-cache")

    def test_unchanged_seat_status_is_304(self):
        etag = seats_json(self.client, self.showtime)["ETag"]

        same = seats_json(self.client, self.showtime, if_none_match=etag)
        hold(self.ann, self.showtime, ["A1"])
        changed = seats_json(self.client, self.showtime, if_none_match=etag)

        self.assertEqual([same.status_code, same.content, changed.status_code], [304, b"", 200])

    def test_an_unknown_showtime_is_not_found(self):
        self.assertEqual(self.client.get("/showtimes/987654/seats.json").status_code, 404)

    def test_rows_written_past_the_site_are_on_the_map_at_once(self):
        booking = Booking.objects.create(
            user=self.ann, showtime=self.showtime, seats=["A1"], total_amount="1.00", status="CONFIRMED"
        )
        self.assertEqual(seats_json(self.client, self.showtime).json()["booked"], [])

        with self.captureOnCommitCallbacks(execute=True):
            Ticket.objects.create(booking=booking, showtime=self.showtime, seat="A1")

        self.assertEqual(seats_json(self.client, self.showtime).json()["booked"], ["A1"])
