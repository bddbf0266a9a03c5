from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from moviebooking.testing import PASSWORD, make_movie, make_showtime, make_user

DOWNLOAD = reverse("accounts:download")


class DownloadedBookingsTests(TestCase):
    def setUp(self):
        self.ann = make_user("ann")
        self.client.force_login(self.ann)

    def book(self, user=None, **fields):
        fields.setdefault("showtime", make_showtime())
        return Booking.objects.create(user=user or self.ann, total_amount="495.60", **fields)

    def downloaded(self):
        return self.client.get(DOWNLOAD).json()["bookings"]

    def test_the_export_describes_each_booking(self):
        showtime = make_showtime(movie=make_movie("Sholay"))
        booking = self.book(showtime=showtime, seats=["A1", "A2"], status="CONFIRMED", seats_amount="400.00")

        (told,) = self.downloaded()

        self.assertEqual(
            {name: told[name] for name in ("reference", "movie", "theater", "screen", "seats", "status")},
            {
                "reference": booking.reference,
                "movie": "Sholay",
                "theater": showtime.screen.theater.name,
                "screen": showtime.screen.name,
                "seats": ["A1", "A2"],
                "status": "CONFIRMED",
            },
        )
        self.assertEqual(
            (told["seats_amount"], told["total_amount"], told["currency"]), ("400.00", "495.60", "INR")
        )

    def test_an_overdue_booking_is_exported_as_expired(self):
        self.book(expires_at=timezone.now() - timedelta(minutes=1))

        self.assertEqual([booking["status"] for booking in self.downloaded()], ["EXPIRED"])

    def test_bookings_of_other_users_are_not_exported(self):
        self.book(user=make_user("bob"))

        self.assertEqual(self.downloaded(), [])

    def test_the_export_costs_the_same_queries_for_one_and_for_three_bookings(self):
        for more in (1, 2):
            for _ in range(more):
                self.book()
            with self.subTest(bookings=Booking.objects.count()), self.assertNumQueries(5):
                self.downloaded()

    def test_a_deleted_account_leaves_its_bookings(self):
        booking = self.book(status="CONFIRMED")

        self.client.post(reverse("accounts:delete"), {"password": PASSWORD})

        booking.refresh_from_db()
        self.assertEqual((booking.user_id, booking.status), (self.ann.pk, "CONFIRMED"))
        self.assertEqual(booking.user.email, "")
