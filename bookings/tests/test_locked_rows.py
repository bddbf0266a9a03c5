"""While a row stays locked, requests are refused as busy, change nothing, and succeed once it is free."""

from django.urls import reverse

from bookings.models import Booking, Ticket
from moviebooking.testing import JSON, make_showtime, make_user
from moviebooking.tests.support.locked_rows import locked
from theaters.models import Screen

from .support.races import on_real_servers
from .support.steps import CommittedBookingTestCase, book, buy, hold_json, seats_held_by, stored, url
from .support.stripe_site import CommittedStripeTestCase


@on_real_servers
class LockedShowtimeTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime(), make_user("ann", email="")
        self.client.force_login(self.ann)

    def press_book(self, **kwargs):
        return self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1"]}, **kwargs)

    def assert_busy(self, response, status=503):
        self.assertEqual((response.status_code, response.json()), (status, {"error": "busy"}))
        self.assertEqual(response["Retry-After"], "2")

    def test_booking_is_busy_and_the_seats_stay_held(self):
        hold_json(self.client, self.showtime, ["A1"])

        with locked(self.showtime):
            answer, page = self.press_book(headers=JSON), self.press_book()

        self.assert_busy(answer)
        self.assertContains(page, "Many people are booking this show right now", status_code=503)
        self.assertEqual(page["Retry-After"], "2")
        self.assertEqual((Booking.objects.count(), seats_held_by(self.ann, self.showtime)), (0, ["A1"]))
        self.assertEqual(self.press_book().status_code, 302)

    def test_a_payment_is_busy_and_can_be_settled_later(self):
        booking = book(self.ann, self.showtime, ["A1"])
        page = reverse("bookings:pay", args=[booking.reference])

        with locked(self.showtime):
            self.assert_busy(self.client.post(page, {"outcome": "success"}, headers=JSON))
            self.assertContains(self.client.post(page, {"outcome": "success"}), "Refresh", status_code=503)

        self.assertEqual((stored(booking).status, Ticket.objects.count()), ("PENDING", 0))
        self.client.post(page, {"outcome": "success"})
        self.assertEqual((stored(booking).status, Ticket.objects.count()), ("CONFIRMED", 1))

    def test_cancelling_is_busy_and_changes_nothing(self):
        booking = buy(self.ann, self.showtime, ["A1"])
        page = reverse("bookings:cancel", args=[booking.reference])

        with locked(self.showtime):
            self.assert_busy(self.client.post(page, headers=JSON))

        self.assertEqual((stored(booking).status, Ticket.objects.valid().count()), ("CONFIRMED", 1))

    def test_cancelling_a_locked_booking_is_busy(self):
        booking = buy(self.ann, self.showtime, ["A1"])

        with locked(booking):
            self.assert_busy(
                self.client.post(reverse("bookings:cancel", args=[booking.reference]), headers=JSON)
            )

    def test_reading_pages_does_not_wait_for_the_lock(self):
        with locked(self.showtime):
            statuses = [self.client.get(page).status_code for page in ("/", url("seat_map", self.showtime))]

        self.assertEqual(statuses, [200, 200])

    def test_a_layout_is_changed_completely_or_not_at_all(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True, email=""))
        screen = self.showtime.screen
        form = {"theater": screen.theater_id, "name": screen.name, "layout": "SSS"}
        form |= {"showtimes-TOTAL_FORMS": 0, "showtimes-INITIAL_FORMS": 0}

        with locked(self.showtime):
            page = self.client.post(reverse("admin:theaters_screen_change", args=[screen.pk]), form)

        self.assertContains(page, "Too busy right now", status_code=503)
        self.assertEqual(Screen.objects.get().layout, screen.layout)


@on_real_servers
class LockedWebhookTests(CommittedStripeTestCase):
    def test_stripe_is_asked_to_send_the_event_again(self):
        self.pay()

        with locked(self.showtime):
            self.assertEqual(self.deliver_all("payment_intent.succeeded"), [503])

        self.assertEqual(self.status(), ("PENDING", "OPEN"))
        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200])
        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
