from datetime import timedelta
from decimal import Decimal
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from bookings import checkout
from bookings.models import Booking
from bookings.refusals import BookingWaiting
from bookings.seats import holds
from moviebooking.testing import JSON, make_showtime, make_user
from theaters.models import SeatPrice, Showtime

from .support.steps import BookingTestCase, book, hold, hold_json, seats_held_by, start_booking, url


class ReviewPageTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSS\nPPPP")
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def test_the_review_shows_the_servers_price_broken_down(self):
        hold_json(self.client, self.showtime, ["A1", "A2", "B1"])

        response = self.client.get(url("create_booking", self.showtime))

        quote = response.context["quote"]
        self.assertEqual(
            [(line.name, line.count, line.unit, line.amount) for line in quote.lines],
            [
                ("Standard", 2, Decimal("200.00"), Decimal("400.00")),
                ("Premium", 1, Decimal("250.00"), Decimal("250.00")),
            ],
        )
        self.assertEqual(
            (quote.seats, quote.fee, quote.tax, quote.total),
            (Decimal("650.00"), Decimal("32.50"), Decimal("122.85"), Decimal("805.35")),
        )
        self.assertContains(response, "₹805.35")

    def test_the_total_is_the_same_in_the_json_the_review_and_the_booking(self):
        SeatPrice.objects.create(showtime=self.showtime, seat_class="P", price="333.33")
        total = hold_json(self.client, self.showtime, ["A1", "B1", "B2"]).json()["total_amount"]

        review = self.client.get(url("create_booking", self.showtime))
        self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1", "B1", "B2"]})

        booking = Booking.objects.get()
        self.assertEqual(
            [total, str(review.context["quote"].total), str(booking.total_amount)], ["1073.79"] * 3
        )

    def test_a_review_without_a_hold_leads_back_to_the_map_with_the_reason(self):
        response = self.client.get(url("create_booking", self.showtime), follow=True)

        self.assertEqual(response.redirect_chain, [(url("seat_map", self.showtime), 302)])
        self.assertContains(response, "Choose your seats first.")

    def test_an_expired_hold_leads_back_with_the_same_seats_selected(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])
        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.showtime.pk, now=timezone.now())

        response = self.client.get(url("create_booking", self.showtime), follow=True)

        self.assertEqual(response.context["ticked"], ["A1", "A2"])
        self.assertContains(response, "A1, A2 are still available and selected.")

    def test_an_expired_hold_of_seats_taken_since_says_so(self):
        hold_json(self.client, self.showtime, ["A1"])
        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.showtime.pk, now=timezone.now())
        hold(make_user(), self.showtime, ["A1"])

        response = self.client.get(url("create_booking", self.showtime), follow=True)

        self.assertEqual(response.context["ticked"], [])
        self.assertContains(response, "A1 was taken. Please choose another seat.")

    def test_a_started_showtime_cannot_be_reviewed(self):
        begun = make_showtime("SSS", starts_in=timedelta(minutes=-1))

        self.assertEqual(self.client.get(url("create_booking", begun)).status_code, 410)
        self.assertEqual(self.client.get(url("seat_map", begun)).status_code, 410)

    def test_the_review_requires_login(self):
        self.client.logout()

        response = self.client.get(url("create_booking", self.showtime))

        self.assertRedirects(
            response,
            f"/accounts/login/?next=/showtimes/{self.showtime.pk}/book/",
            fetch_redirect_response=False,
        )


class CreateBookingTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def post(self, seats, **fields):
        headers = fields.pop("headers", None)
        return self.client.post(
            url("create_booking", self.showtime), {"seat_ids": seats, **fields}, headers=headers
        )

    def test_booking_creates_a_pending_booking_and_leads_to_its_payment(self):
        hold_json(self.client, self.showtime, ["A2", "A1"])

        response = self.post(["A1", "A2"])

        booking = Booking.objects.get()
        self.assertRedirects(response, f"/bookings/{booking.reference}/pay/")
        self.assertEqual(
            (booking.user, booking.status, booking.seats, booking.total_amount),
            (self.ann, "PENDING", ["A1", "A2"], Decimal("495.60")),
        )
        self.assertEqual(booking.refund_tiers, [[120, 100], [20, 50]])

    def test_booking_renews_the_deadline_of_locks_and_booking_together(self):
        start = timezone.now()
        hold(self.ann, self.showtime, ["A1"], now=start)

        booking = start_booking(self.ann, self.showtime, ["A1"], now=start + timedelta(minutes=9))

        self.assertAlmostEqual(
            booking.expires_at, start + timedelta(minutes=19), delta=timedelta(milliseconds=1)
        )
        with self.assertRaises(checkout.SeatsUnavailable):
            hold(self.bob, self.showtime, ["A1"], now=start + timedelta(minutes=18))
        self.assertEqual(
            hold(self.bob, self.showtime, ["A1"], now=start + timedelta(minutes=20)).seats, ["A1"]
        )

    def test_seats_that_were_never_chosen_are_refused(self):
        hold_json(self.client, self.showtime, ["A1"])

        response = self.post(["A1", "A2"], headers=JSON)

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.json(), {"error": "seats_unavailable", "seats": ["A2"]})
        self.assertEqual(Booking.objects.count(), 0)
        self.assertEqual(seats_held_by(self.ann, self.showtime), ["A1"])

    def test_fewer_seats_than_were_selected_are_refused(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])

        response = self.post(["A1"])

        self.assertContains(
            response, "Your seats have changed. Please check your selection.", status_code=409
        )
        self.assertEqual(self.post(["A1"], headers=JSON).json(), {"error": "seats_unavailable", "seats": []})
        self.assertEqual(Booking.objects.count(), 0)
        self.assertEqual(seats_held_by(self.ann, self.showtime), ["A1", "A2"])

    def test_seats_that_somebody_else_holds_are_refused(self):
        hold(self.bob, self.showtime, ["A1"])

        self.assertEqual(self.post(["A1"]).status_code, 409)
        self.assertEqual(Booking.objects.count(), 0)

    def test_seats_that_are_in_the_session_but_no_longer_locked_are_refused(self):
        hold_json(self.client, self.showtime, ["A1"])
        checkout.release_seats(user_id=self.ann.pk, showtime_id=self.showtime.pk, now=timezone.now())

        response = self.post(["A1"], headers=JSON)

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.json(), {"error": "seats_unavailable", "seats": ["A1"]})

    def test_seats_that_are_locked_but_not_in_this_session_are_refused(self):
        hold(self.ann, self.showtime, ["A1"])

        response = self.post(["A1"])

        self.assertContains(
            response, "Your seats have changed. Please check your selection.", status_code=409
        )
        self.assertEqual(Booking.objects.count(), 0)

    def test_labels_that_are_no_seats_are_a_bad_request(self):
        for seats in ([], ["Z9"], ["A1", "A1"], ["a1"]):
            with self.subTest(seats=seats):
                response = self.post(seats, headers=JSON)
                self.assertEqual((response.status_code, response.json()["error"]), (400, "invalid_seats"))

    def test_a_total_from_the_browser_changes_nothing(self):
        hold_json(self.client, self.showtime, ["A1"])

        self.post(["A1"], total_amount="1.00", price="0.01")

        self.assertEqual(Booking.objects.get().total_amount, Decimal("247.80"))

    def test_a_price_that_changed_since_the_review_is_shown_before_anyone_pays(self):
        hold_json(self.client, self.showtime, ["A1"])
        Showtime.objects.filter(pk=self.showtime.pk).update(price="300.00")

        response = self.post(["A1"], quoted_total="247.80")

        self.assertEqual(response.status_code, 409)
        self.assertContains(response, "The price has changed", status_code=409)
        self.assertContains(response, "₹371.70", status_code=409)
        self.assertEqual(Booking.objects.count(), 0)
        self.post(["A1"], quoted_total="371.70")
        self.assertEqual(Booking.objects.get().total_amount, Decimal("371.70"))

    def test_a_total_that_is_not_an_amount_counts_as_changed(self):
        for total in ("sNaN", "NaN", "Infinity", "abc", "1e999999"):
            with self.subTest(total):
                response = self.client.post(
                    url("create_booking", self.showtime), {"seat_ids": ["A1", "A2"], "quoted_total": total}
                )
                self.assertEqual(response.status_code, 409)
        self.assertEqual(Booking.objects.count(), 0)

    def test_a_second_booking_waits_until_the_first_is_paid_or_cancelled(self):
        waiting = book(self.ann, self.showtime, ["A1"])
        hold_json(self.client, self.showtime, ["A2"])

        refused = self.post(["A2"])
        self.client.post(f"/bookings/{waiting.reference}/cancel/")
        made = self.post(["A2"])

        self.assertContains(refused, "You have an unpaid booking for this show", status_code=409)
        self.assertContains(refused, f"/bookings/{waiting.reference}/pay/", status_code=409)
        self.assertEqual(made.status_code, 302)
        self.assertEqual(
            list(Booking.objects.order_by("pk").values_list("seats", "status")),
            [(["A1"], "FAILED"), (["A2"], "PENDING")],
        )

    def test_the_same_form_sent_twice_leads_to_the_one_booking(self):
        hold_json(self.client, self.showtime, ["A1"])
        first = self.post(["A1"])

        second = self.post(["A1"])

        self.assertEqual(second["Location"], first["Location"])
        self.assertEqual(Booking.objects.count(), 1)

    def test_a_double_submit_waits_for_the_booking_of_the_first_request(self):
        """The other request commits after the first check and before the locks are passed on."""
        hold(self.ann, self.showtime, ["A1"])
        asked = {"user": self.ann, "address": "", "showtime_id": self.showtime.pk, "now": timezone.now()}
        asked |= {"seats": ["A1"], "selected": ["A1"], "quoted_total": None}
        pass_on, twins = holds.pass_on, []

        def twin_comes_first(*args, **wanted):
            with mock.patch.object(holds, "pass_on", pass_on):
                twins.append(checkout.start_booking(**asked))
            return pass_on(*args, **wanted)

        with (
            mock.patch.object(holds, "pass_on", twin_comes_first),
            self.assertRaises(BookingWaiting) as waiting,
        ):
            checkout.start_booking(**asked)

        self.assertEqual([waiting.exception.booking], twins)

    def test_a_double_submit_waits_while_the_first_request_commits(self):
        hold(self.ann, self.showtime, ["A1"])
        now = timezone.now()
        holds.pass_on(
            self.showtime.pk,
            from_owner=holds.visitor(self.ann.pk),
            to_owner=holds.booking("TWIN", self.ann.pk),
            seats=["A1"],
            deadline=now + timedelta(minutes=10),
            now=now,
        )

        def commit(_seconds):
            Booking.objects.create(user=self.ann, showtime=self.showtime, seats=["A1"], total_amount="1.00")

        with mock.patch.object(checkout, "sleep", commit), self.assertRaises(BookingWaiting):
            start_booking(self.ann, self.showtime, ["A1"], now=now)

    def test_seats_taken_in_sql_are_refused_and_the_hold_stays(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])
        Booking.objects.create(user=self.bob, showtime=self.showtime, seats=["A2"], total_amount="1.00")

        response = self.post(["A1", "A2"], headers=JSON)

        self.assertEqual(response.json(), {"error": "seats_unavailable", "seats": ["A2"]})
        self.assertEqual(Booking.objects.filter(user=self.ann).count(), 0)

    @override_settings(REFUND_TIERS="60:80")
    def test_the_refund_rules_of_the_day_are_frozen_into_it(self):
        booking = book(self.ann, self.showtime, ["A1"])

        self.assertEqual(booking.refund_tiers, [[60, 80]])

    def test_a_form_without_a_csrf_token_is_refused(self):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(self.ann)
        for name in ("hold", "release", "create_booking"):
            self.assertEqual(client.post(url(name, self.showtime), {"seats": ["A1"]}).status_code, 403)
