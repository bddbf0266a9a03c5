"""When Redis loses its keys, sold and pending seats stay safe, and visitors are told of lost holds."""

from django.conf import settings
from django.utils import timezone

from bookings.models import Booking
from bookings.refusals import SeatsUnavailable
from bookings.seats import holds
from moviebooking import redis_connection
from moviebooking.testing import JSON

from .support.redis_faults import lose_everything, lose_keys
from .support.steps import (
    BookingTestCase,
    book,
    buy,
    hold,
    hold_json,
    make_showtime,
    make_user,
    seats_held_by,
    seats_json,
    url,
)


class AllKeysLostTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def test_a_pending_bookings_seats_and_sold_seats_are_still_refused(self):
        buy(self.bob, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        lose_keys()

        for label in ("A1", "A2"):
            with self.subTest(label):
                response = hold_json(self.client, self.showtime, [label])
                self.assertEqual(response.status_code, 409)
                self.assertEqual(response.json(), {"error": "seats_unavailable", "seats": [label]})
        answer = seats_json(self.client, self.showtime).json()
        self.assertEqual([answer["booked"], answer["held"], answer["mine"]], [["A1"], ["A2"], []])

    def test_a_pending_booking_is_still_shown_to_its_visitor_and_can_be_paid(self):
        booking = book(self.ann, self.showtime, ["A1"])
        lose_keys()

        answer = seats_json(self.client, self.showtime).json()
        self.client.post(f"/bookings/{booking.reference}/pay/", {"outcome": "success"})

        self.assertEqual([answer["mine"], answer["held"]], [["A1"], []])
        self.assertEqual(Booking.objects.get().status, "CONFIRMED")

    def test_the_review_page_reports_a_lost_hold(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])
        lose_keys()

        response = self.client.get(url("create_booking", self.showtime), follow=True)

        self.assertEqual(
            response.redirect_chain, [(url("seat_map", self.showtime) + "?seats=A1&seats=A2", 302)]
        )
        self.assertContains(response, "A1, A2 are still available and selected.")
        self.assertEqual(response.context["ticked"], ["A1", "A2"])

    def test_booking_a_lost_hold_is_refused_and_free_seats_stay_selected(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])
        lose_keys()
        hold(self.bob, self.showtime, ["A2"])

        answer = self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1", "A2"]})

        self.assertContains(answer, "Your seats were released.", status_code=409)
        self.assertEqual([answer.context["ticked"], Booking.objects.count()], [["A1"], 0])

    def test_a_hold_lost_with_its_selection_is_reported_too(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])
        lose_everything(self.client, self.showtime)
        hold(self.bob, self.showtime, ["A2"])

        answer = self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1", "A2"]})

        self.assertContains(answer, "Your seats were released.", status_code=409)
        self.assertEqual([answer.context["ticked"], Booking.objects.count()], [["A1"], 0])

    def test_the_json_refusal_of_a_lost_hold_names_the_seats(self):
        hold_json(self.client, self.showtime, ["A1", "A2"])
        lose_keys()

        answer = self.client.post(
            url("create_booking", self.showtime), {"seat_ids": ["A1", "A2"]}, headers=JSON
        )

        self.assertEqual(answer.status_code, 409)
        self.assertEqual(answer.json(), {"error": "seats_unavailable", "seats": ["A1", "A2"]})

    def test_a_lost_seat_can_be_held_by_anyone(self):
        hold(self.ann, self.showtime, ["A1"])
        lose_keys()

        self.assertEqual(hold(self.bob, self.showtime, ["A1"]).seats, ["A1"])
        self.assertEqual(hold(self.ann, self.showtime, ["A2"]).seats, ["A2"])

    def test_a_seat_booked_by_a_rival_after_the_loss_is_not_shown_as_mine(self):
        hold(self.ann, self.showtime, ["A1"])
        Booking.objects.create(user=self.bob, showtime=self.showtime, seats=["A1"], total_amount=1)
        holds.drop_map(self.showtime.pk, now=timezone.now())

        answer = seats_json(self.client, self.showtime).json()

        self.assertEqual([answer["held"], answer["mine"]], [["A1"], []])


class SingleLostKeyTests(BookingTestCase):
    """Redis may evict any single key; no seat is sold twice or blocked because of that."""

    def lose(self, showtime, kind):
        client = redis_connection.client()
        for key in client.scan_iter(f"{settings.REDIS_KEY_PREFIX}:{{showtime:{showtime.pk}}}:{kind}*"):
            client.delete(key)

    def test_losing_any_single_key_sells_no_seat_twice(self):
        ann, bob, first = make_user(), make_user(), make_showtime("SSSS")
        for kind in ("snapshot", "stamp", "sold", "held", "mine", "first"):
            with self.subTest(kind):
                showtime = make_showtime(screen=first.screen)
                buy(bob, showtime, ["A1"])
                book(bob, showtime, ["A2"])
                hold(ann, showtime, ["A3"])

                self.lose(showtime, kind)

                for label in ("A1", "A2"):
                    self.assertRaises(SeatsUnavailable, hold, ann, showtime, [label])
                self.assertRaises(SeatsUnavailable, hold, bob, showtime, ["A3"])
                self.assertEqual(hold(ann, showtime, ["A3", "A4"]).seats, ["A3", "A4"])
                self.assertEqual(seats_held_by(ann, showtime), ["A3", "A4"])
