"""The SQL queries of each request of an order, for one seat and for three."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking

from .support.steps import BookingTestCase, make_showtime, make_user, seats_json, url


class OrderQueriesTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann = make_showtime("SSSS"), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def queries_of_an_order(self, seats):
        """Return {step: number of SQL statements} of an order, from the hold to the tickets."""
        review = url("create_booking", self.showtime)
        seats_json(self.client, self.showtime)  # the snapshot and the live map are warm
        counts = {
            "hold": self.count(302, "post", url("hold", self.showtime), {"seats": seats}),
            "review": self.count(200, "get", review),
            "book": self.count(302, "post", review, {"seat_ids": seats}),
        }
        booking = Booking.objects.latest("pk")
        pay = reverse("bookings:pay", args=[booking.reference])
        return {
            **counts,
            "payment page": self.count(200, "get", pay),
            "pay": self.count(302, "post", pay, {"outcome": "success"}),
            "tickets": self.count(200, "get", booking.get_absolute_url()),
        }

    def count(self, status, method, path, data=None):
        with CaptureQueriesContext(connection) as queries:
            response = getattr(self.client, method)(path, data)
        self.assertEqual(response.status_code, status)
        return len(queries)

    def test_each_step_costs_the_same_queries_for_one_and_for_three_seats(self):
        """Booking raises the showtime's revision; paying writes it together with the available seats."""
        expected = {"hold": 1, "review": 3, "book": 11, "payment page": 3, "pay": 32, "tickets": 5}

        self.assertEqual(self.queries_of_an_order(["A1"]), expected)
        self.assertEqual(self.queries_of_an_order(["A2", "A3", "A4"]), expected)
