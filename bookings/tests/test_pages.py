from datetime import timedelta
from urllib.parse import quote

from django.contrib.auth.models import Permission
from django.core import mail
from django.core.signing import BadSignature, Signer
from django.utils import timezone

from bookings.models import Booking
from bookings.seats import drawing
from bookings.seats.showtime_snapshot import snapshot_of
from moviebooking.testing import JSON, make_movie, make_showtime, make_user

from .support.drawn_seats import drawn_seats
from .support.steps import BookingTestCase, book, buy, hold, stored, url


class SeatMapTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SW_S\nPPP")
        cls.ann, cls.bob = make_user(), make_user()

    def states(self):
        response = self.client.get(url("seat_map", self.showtime))
        return {label: seat.state for label, seat in drawn_seats(response).items()}

    def test_anybody_may_see_the_seat_map(self):
        response = self.client.get(url("seat_map", self.showtime))

        self.assertEqual(response.status_code, 200)
        for label in ("A1", "A2", "A3", "B1", "B2", "B3"):
            self.assertContains(response, f'value="{label}"', count=1)
        self.assertNotContains(response, "disabled")

    def test_the_seat_map_shows_the_state_of_each_seat(self):
        buy(self.bob, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        hold(self.ann, self.showtime, ["A3"])

        self.assertEqual(
            self.states(),
            {"A1": "booked", "A2": "held", "A3": "held", "B1": "free", "B2": "free", "B3": "free"},
        )
        self.client.force_login(self.ann)
        self.assertEqual(self.states()["A3"], "mine")
        self.client.force_login(self.bob)
        self.assertEqual(self.states()["A2"], "pending")

    def test_a_gap_is_no_place_and_a_band_tells_the_class_and_its_price(self):
        rows = drawing.rows(snapshot_of(self.showtime))

        self.assertEqual([place and place.label for place in rows[0].places], ["A1", "A2", None, "A3"])
        self.assertEqual([str(row.band.price) for row in rows], ["247.80", "309.75"])

    def test_a_wide_aisle_is_drawn_one_place_wide_in_every_row(self):
        wide = make_showtime("SS__SS\nP____P\nSSS__S\nSS")

        rows = drawing.rows(snapshot_of(wide))

        self.assertEqual(
            [[place and place.label for place in row.places] for row in rows],
            [
                ["A1", "A2", None, None, "A3", "A4"],
                ["B1", None, None, None, None, "B2"],
                ["C1", "C2", "C3", None, None, "C4"],
                ["D1", "D2"],
            ],
        )
        rows = drawing.rows(snapshot_of(make_showtime("SS__SS\nP____P")))
        self.assertEqual([len(row.places) for row in rows], [5, 5])

    def test_another_language_is_offered_for_the_same_choice_after_a_refusal(self):
        hold(self.bob, self.showtime, ["A1"])
        self.client.force_login(self.ann)

        response = self.client.post(url("hold", self.showtime), {"seats": ["A1", "A3"]})

        address = quote(f"{url('seat_map', self.showtime)}?seats=A1&seats=A3", safe="")
        self.assertContains(response, f'href="/accounts/language/choose/?next={address}"', status_code=409)

    def test_an_unpaid_booking_is_offered_to_be_paid_or_cancelled(self):
        waiting = book(self.ann, self.showtime, ["B1"])
        self.client.force_login(self.ann)

        response = self.client.get(url("seat_map", self.showtime))

        self.assertContains(response, f"/bookings/{waiting.reference}/pay/")
        self.assertContains(response, f"/bookings/{waiting.reference}/cancel/")

    def test_a_showtime_that_has_begun_is_410_with_a_message(self):
        begun = make_showtime("SSS", starts_in=timedelta(minutes=-5))

        response = self.client.get(url("seat_map", begun))

        self.assertContains(response, begun.movie.title, status_code=410)

    def test_the_seat_map_allows_only_get(self):
        self.assertEqual(self.client.post(url("seat_map", self.showtime)).status_code, 405)
        self.assertEqual(self.client.post(url("seat_status", self.showtime)).status_code, 405)


class TicketPageTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSS", movie=make_movie("The Long Ferry"))
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def test_a_booking_shows_one_genuine_code_per_seat(self):
        booking = buy(self.ann, self.showtime, ["A1", "A2"])

        response = self.client.get(booking.get_absolute_url())

        self.assertContains(response, "The Long Ferry")
        self.assertContains(response, booking.reference)
        self.assertContains(response, "<svg", count=response.content.count(b"<svg"))
        qrs = [ticket["qr"] for ticket in response.context["tickets"]]
        self.assertEqual([qr.startswith("<svg") for qr in qrs], [True, True])
        self.assertNotEqual(*qrs)
        signer = Signer(salt="bookings.ticket")
        self.assertTrue(all(signer.unsign(ticket.code) for ticket in booking.tickets.all()))
        self.assertRaises(BadSignature, signer.unsign, booking.reference + ":A1")

    def test_every_booking_status_has_its_page(self):
        pending = book(self.ann, self.showtime, ["A1"])
        page = pending.get_absolute_url()
        for status in ("PENDING", "EXPIRED", "FAILED"):
            with self.subTest(status):
                Booking.objects.filter(pk=pending.pk).update(status=status)
                response = self.client.get(page)
                self.assertEqual((response.status_code, response.context["status"]), (200, status))
                self.assertEqual(response.context["tickets"], [])

    def test_an_expired_booking_links_to_the_map_with_the_same_seats(self):
        booking = book(self.ann, self.showtime, ["A1", "A2"])
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())

        response = self.client.get(booking.get_absolute_url())

        address = f"{url('seat_map', self.showtime)}?seats=A1&amp;seats=A2"
        link = f'<a class="button button--main" href="{address}">Try A1, A2 again</a>'
        self.assertContains(response, link, html=True)

    def test_an_overdue_booking_is_expired_without_a_sweep(self):
        booking = book(self.ann, self.showtime, ["A1"])
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())

        self.assertEqual(self.client.get(booking.get_absolute_url()).context["status"], "EXPIRED")
        self.assertEqual(stored(booking).status, "PENDING")

    def test_a_booking_without_quote_lines_shows_only_its_total(self):
        booking = Booking.objects.create(
            user=self.ann, showtime=self.showtime, seats=["A4"], total_amount="495.60"
        )

        page = self.client.get(f"/bookings/{booking.reference}/pay/")

        self.assertContains(page, "Pay ₹495.60")
        self.assertEqual(stored(booking).seats_amount, stored(booking).total_amount)
        self.assertNotContains(page, "Convenience fee")

    def test_other_visitors_get_a_404(self):
        booking = buy(self.ann, self.showtime, ["A1"])
        self.client.force_login(self.bob)

        self.assertEqual(self.client.get(booking.get_absolute_url()).status_code, 404)
        self.assertEqual(self.client.post(f"{booking.get_absolute_url()}cancel/").status_code, 404)
        self.assertNotContains(self.client.get("/bookings/"), booking.reference)
        self.client.logout()
        self.assertEqual(self.client.get(booking.get_absolute_url()).status_code, 302)

    def test_staff_need_the_permission(self):
        booking = buy(self.ann, self.showtime, ["A1"])
        staff = make_user(is_staff=True)
        self.client.force_login(staff)
        self.assertEqual(self.client.get(booking.get_absolute_url()).status_code, 404)

        staff.user_permissions.add(Permission.objects.get(codename="view_booking"))

        self.assertEqual(self.client.get(booking.get_absolute_url()).status_code, 200)

    def test_an_unknown_reference_is_not_found(self):
        self.assertEqual(self.client.get("/bookings/NOSUCH/").status_code, 404)
        self.assertEqual(self.client.get("/bookings/%00/").status_code, 404)


class BookingListTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user()
        cls.showtimes = [make_showtime("SSSS") for _ in range(4)]

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def test_upcoming_and_past_bookings_are_listed_apart(self):
        going, paying, lapsed, seen = self.showtimes
        bought = buy(self.ann, going, ["A1"])
        waiting = book(self.ann, paying, ["A1"])
        expired = book(self.ann, lapsed, ["A1"])
        Booking.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
        was = buy(self.ann, seen, ["A1"])
        type(seen).objects.filter(pk=seen.pk).update(start_time=timezone.now() - timedelta(hours=3))

        response = self.client.get("/bookings/")

        self.assertEqual(dict(response.context["upcoming"]), {bought: "CONFIRMED", waiting: "PENDING"})
        self.assertEqual(dict(response.context["past"]), {expired: "EXPIRED", was: "CONFIRMED"})
        self.assertContains(response, Booking.Status.EXPIRED.label, count=1)
        self.assertContains(response, Booking.Status.PENDING.label, count=1)

    def test_the_list_costs_the_same_queries_for_one_and_for_three_bookings(self):
        buy(self.ann, self.showtimes[0], ["A1"])
        with self.assertNumQueries(3):
            self.client.get("/bookings/")
        for showtime in self.showtimes[1:]:
            buy(self.ann, showtime, ["A1"])
        with self.assertNumQueries(3):
            self.client.get("/bookings/")

    def test_invalid_page_numbers_show_a_page(self):
        for page in ("0", "-1", "abc", "99999", ""):
            self.assertEqual(self.client.get("/bookings/", {"page": page}).status_code, 200)


class CancelPageTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def cancelled(self, **starts_in):
        """Buy seats of a showtime that starts that far from now, and cancel. Return booking and response."""
        showtime = make_showtime("SSSS", starts_in=timedelta(**starts_in))
        booking = buy(self.ann, showtime, ["A1", "A2"])
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(f"{booking.get_absolute_url()}cancel/", follow=True)
        return booking, response

    def given_back(self, booking):
        return [
            (refund.amount, refund.status)
            for payment in booking.payments.all()
            for refund in payment.refunds.all()
        ]

    def test_an_early_cancellation_refunds_seats_and_tax_but_not_the_fee(self):
        booking, response = self.cancelled(hours=3)

        self.assertEqual(stored(booking).status, "CANCELLED")
        # 400.00 and 400/420 of the tax of 75.60
        self.assertEqual(self.given_back(booking), [(47200, "SUCCEEDED")])
        self.assertContains(response, "₹472.00")
        self.assertEqual(
            [message.subject for message in mail.outbox if "cancelled" in message.subject],
            [f"Booking cancelled: {booking.showtime.movie}"],
        )

    def test_a_later_cancellation_refunds_half_and_a_late_one_nothing(self):
        self.assertEqual(self.given_back(self.cancelled(minutes=60)[0]), [(23600, "SUCCEEDED")])
        self.assertEqual(self.given_back(self.cancelled(minutes=10)[0]), [])

    def test_a_cancelled_bookings_tickets_are_void_and_its_seats_available(self):
        booking, _ = self.cancelled(hours=3)

        self.assertEqual(booking.tickets.count(), 2)
        self.assertEqual(booking.tickets.valid().count(), 0)
        again = buy(self.bob, booking.showtime, ["A1"])
        self.assertEqual(again.status, "CONFIRMED")
        booking.showtime.refresh_from_db()
        self.assertEqual(booking.showtime.available_seats, 3)

    def test_cancelling_twice_is_refused_and_refunds_once(self):
        booking, _ = self.cancelled(hours=3)

        again = self.client.post(f"{booking.get_absolute_url()}cancel/")

        self.assertEqual(again.status_code, 409)
        self.assertEqual(len(self.given_back(booking)), 1)

    def test_cancelling_after_the_start_is_refused(self):
        showtime = make_showtime("SSSS")
        booking = buy(self.ann, showtime, ["A1"])
        type(showtime).objects.filter(pk=showtime.pk).update(start_time=timezone.now())

        response = self.client.post(f"{booking.get_absolute_url()}cancel/")

        self.assertEqual([response.status_code, stored(booking).status], [409, "CONFIRMED"])

    def test_cancelling_when_logged_out_leads_back_to_the_booking(self):
        booking = buy(self.ann, make_showtime("SSSS"), ["A1"])
        self.client.logout()

        by_form = self.client.post(f"/bookings/{booking.reference}/cancel/")
        by_json = self.client.post(f"/bookings/{booking.reference}/cancel/", headers=JSON)

        self.assertEqual(by_form["Location"], f"/accounts/login/?next=/bookings/{booking.reference}/")
        self.assertEqual([by_json.status_code, by_json.json()], [401, {"error": "login_required"}])

    def test_cancelling_needs_a_post(self):
        booking = buy(self.ann, make_showtime("SS"), ["A1"])

        self.assertEqual(self.client.get(f"{booking.get_absolute_url()}cancel/").status_code, 405)


class ConfirmationEmailTests(BookingTestCase):
    def test_the_confirmation_has_the_reference_in_its_subject_and_a_text_part(self):
        ann, showtime = make_user(email="ann@example.test"), make_showtime("SSSS")

        with self.captureOnCommitCallbacks(execute=True):
            booking = buy(ann, showtime, ["A1", "A3"])

        [message] = mail.outbox
        self.assertIn(booking.reference, message.subject)
        self.assertEqual(message.to, ["ann@example.test"])
        for fact in ("A1, A3", "₹495.60", booking.get_absolute_url(), showtime.screen.theater.name):
            self.assertIn(fact, message.body)
            self.assertIn(fact, message.alternatives[0].content)

    def test_without_an_email_address_the_booking_is_still_confirmed(self):
        ann = make_user(email="")

        with self.captureOnCommitCallbacks(execute=True):
            booking = buy(ann, make_showtime("SSSS"), ["A1"])

        self.assertEqual([mail.outbox, booking.status], [[], "CONFIRMED"])
