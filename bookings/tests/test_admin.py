from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Payment, Ticket
from moviebooking.testing import make_showtime, make_user

from .support.steps import BookingTestCase, book, buy


class AdminTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = make_user(is_staff=True, is_superuser=True)
        cls.ann = make_user("ann")
        cls.showtime = make_showtime("SSSSSS")

    def setUp(self):
        super().setUp()
        self.client.force_login(self.staff)

    def page(self, model, action, *args):
        return reverse(f"admin:bookings_{model}_{action}", args=args)

    def test_sales_are_read_only_and_searchable(self):
        booking = buy(self.ann, self.showtime, ["A1"])
        rows = {"booking": booking, "ticket": Ticket.objects.get(), "payment": Payment.objects.get()}
        for model, row in rows.items():
            with self.subTest(model):
                found = self.client.get(self.page(model, "changelist"), {"q": booking.reference})
                self.assertContains(found, booking.reference)
                self.assertEqual(self.client.get(self.page(model, "change", row.pk)).status_code, 200)
                for refused in (
                    self.client.get(self.page(model, "add")),
                    self.client.post(self.page(model, "change", row.pk), {"status": "CANCELLED"}),
                    self.client.post(self.page(model, "delete", row.pk), {"post": "yes"}),
                ):
                    self.assertEqual(refused.status_code, 403)
        self.assertEqual(Booking.objects.get().status, "CONFIRMED")

    def test_an_overdue_booking_is_expired_without_a_sweep(self):
        booking = book(self.ann, self.showtime, ["A1"])
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())

        listed = self.client.get(self.page("booking", "changelist"))
        read = self.client.get(self.page("booking", "change", booking.pk))

        self.assertContains(listed, '<td class="field-status_now">Expired</td>', html=True)
        self.assertContains(read, '<div class="readonly">Expired</div>', html=True)

    def test_the_lists_cost_the_same_queries_for_one_and_for_three(self):
        for seats in (["A1"], ["A2"], ["A3"]):
            buy(self.ann, self.showtime, seats)
            if seats in (["A1"], ["A3"]):
                with self.assertNumQueries(7):
                    self.client.get(self.page("booking", "changelist"))

    def test_the_list_counts_the_seats_of_a_large_booking(self):
        for count in (2, 5, 6, 400):
            seats = [f"A{number + 1}" for number in range(count)]
            self.showtime.bookings.create(user=self.ann, seats=seats, total_amount=100)

        page = self.client.get(self.page("booking", "changelist"))

        for words in (
            "A1, A2",
            "A1, A2, A3, A4, A5",
            "A1, A2, A3, A4, A5 … 6 in all",
            "A1, A2, A3, A4, A5 … 400 in all",
        ):
            unbroken = words.replace(" ", "\N{NO-BREAK SPACE}")
            self.assertContains(page, f'<td class="field-seat_labels">{unbroken}</td>')

    def test_a_page_costs_the_same_queries_whatever_was_booked(self):
        one, three = buy(self.ann, self.showtime, ["A1"]), buy(self.ann, self.showtime, ["A2", "A3", "A4"])
        self.client.get(self.page("booking", "change", one.pk))  # what Django remembers from then on
        for booking in (one, three):
            with self.subTest(booking.seats), self.assertNumQueries(10):
                self.client.get(self.page("booking", "change", booking.pk))

    def test_amounts_are_printed_in_the_bookings_own_currency(self):
        booking = buy(self.ann, self.showtime, ["A1"])

        listed = self.client.get(self.page("booking", "changelist"))
        read = self.client.get(self.page("booking", "change", booking.pk))

        self.assertContains(listed, '<td class="field-total_amount">₹247.80</td>', html=True)
        for amount in ("₹200.00", "₹10.00", "₹37.80", "₹247.80"):
            self.assertContains(read, f'<div class="readonly">{amount}</div>', html=True)
        self.assertContains(read, '<td class="field-amount_with_currency"><p>₹247.80</p></td>', html=True)

    def test_a_showtime_with_bookings_can_not_be_deleted_and_the_page_says_why(self):
        booking = buy(self.ann, self.showtime, ["A1"])

        response = self.client.post(
            reverse("admin:theaters_showtime_delete", args=[self.showtime.pk]), {"post": "yes"}
        )

        self.assertContains(response, "people have booked seats for it")
        self.assertContains(response, booking.reference)
        self.assertTrue(type(self.showtime).objects.filter(pk=self.showtime.pk).exists())
