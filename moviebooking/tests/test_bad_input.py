"""Unexpected actions of visitors get the right status, an explanation and a link to continue."""

from datetime import timedelta

from django.test import TestCase
from django.utils import timezone
from django.utils.html import escape

from bookings import tickets
from bookings.models import Booking
from bookings.tests.support.steps import OwnLiveMaps, book, buy, hold, seats_held_by, url
from moviebooking.testing import JSON, make_movie, make_showtime, make_user, words_of

from .support.browser import BrowserTestCase

HELD_LONG_AGO = timedelta(minutes=11)


class BadInputTestCase(OwnLiveMaps, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.bob = make_user("ann"), make_user("bob")
        cls.showtime = make_showtime("SSSSSS")

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def hold(self, showtime, *seats):
        return self.client.post(url("hold", showtime), {"seats": seats})

    def book(self, showtime, *seats):
        return self.client.post(url("create_booking", showtime), {"seat_ids": seats})

    def assert_says(self, response, status, sentence, way_on):
        """Look in the page's own part: header and footer link to everything from every page."""
        main = response.content.decode().partition("<main")[2].partition("</main>")[0]
        self.assertEqual(response.status_code, status)
        self.assertIn(escape(sentence), main)
        self.assertIn(f'href="{way_on}"', main)


class TwoTabsTests(BadInputTestCase):
    def test_selections_for_two_showtimes_do_not_mix(self):
        late = make_showtime("SSSSSS", movie=self.showtime.movie)
        self.hold(self.showtime, "A1", "A2")
        self.hold(late, "A5")

        answers = [self.book(self.showtime, "A1", "A2"), self.book(late, "A5")]

        bookings = list(Booking.objects.order_by("pk"))
        self.assertEqual([one.seats for one in bookings], [["A1", "A2"], ["A5"]])
        self.assertEqual(
            [answer.url for answer in answers], [f"{one.get_absolute_url()}pay/" for one in bookings]
        )

    def test_an_outdated_tab_is_told_which_seats_are_held_now(self):
        self.hold(self.showtime, "A1", "A2")
        self.hold(self.showtime, "A3")

        response = self.book(self.showtime, "A1", "A2")

        sentence = "Your seats have changed. Please check your selection."
        self.assert_says(response, 409, sentence, url("seat_map", self.showtime))
        self.assertEqual(response.context["seats"], ["A3"])
        self.assertEqual(Booking.objects.count(), 0)


class AfterPayingTests(BadInputTestCase):
    paid_already = "already paid for these seats. Here are your tickets."

    def setUp(self):
        super().setUp()
        self.booking = buy(self.ann, self.showtime, ["A1", "A2"])
        self.ticket, self.payment = self.booking.get_absolute_url(), f"{self.booking.get_absolute_url()}pay/"

    def test_the_payment_page_of_a_paid_booking_redirects_to_the_ticket(self):
        for answer in (self.client.get(self.payment), self.client.post(self.payment, {"outcome": "failure"})):
            self.assertRedirects(answer, self.ticket)

        self.booking.refresh_from_db()
        self.assertEqual(self.booking.status, Booking.Status.CONFIRMED)

    def test_the_review_page_of_a_paid_booking_redirects_to_the_ticket(self):
        response = self.client.get(url("create_booking", self.showtime), follow=True)

        self.assertRedirects(response, self.ticket)
        self.assertContains(response, self.paid_already)

    def test_submitting_the_review_again_is_refused_with_a_link_to_the_ticket(self):
        response = self.book(self.showtime, "A1", "A2")

        self.assert_says(response, 409, self.paid_already, f"{self.ticket}ticket.pdf")
        self.assertEqual(Booking.objects.count(), 1)

    def test_other_seats_are_not_mistaken_for_the_paid_ones(self):
        other, nothing = self.book(self.showtime, "A2", "A3"), self.book(self.showtime)

        self.assertContains(other, "Your seats were released.", status_code=409)
        self.assertContains(nothing, "Choose 1 to 10 seats.", status_code=400)

    def test_another_visitor_is_not_led_to_the_ticket(self):
        self.client.force_login(self.bob)

        response = self.book(self.showtime, "A1", "A2")

        self.assertEqual(response.status_code, 409)
        self.assertNotContains(response, self.booking.reference, status_code=409)


class LateTests(BadInputTestCase):
    def test_the_seat_map_of_a_past_showtime_is_explained(self):
        begun = make_showtime(starts_in=timedelta(days=-1))

        for response in (
            self.client.get(url("seat_map", begun)),
            self.hold(begun, "A1"),
            self.book(begun, "A1"),
        ):
            self.assert_says(response, 410, "Online booking is closed.", begun.movie.get_absolute_url())

    def test_booking_seats_that_another_visitor_holds_now_is_refused(self):
        hold(self.ann, self.showtime, ["A1", "A2"], now=timezone.now() - HELD_LONG_AGO)
        hold(self.bob, self.showtime, ["A1"])

        response = self.hold(self.showtime, "A1", "A2")

        self.assertContains(response, "A1 was just taken. Please choose another seat.", status_code=409)
        self.assertEqual(response.context["ticked"], ["A2"])
        self.assertEqual(seats_held_by(self.bob, self.showtime), ["A1"])

    def test_requests_from_the_page_of_a_deleted_movie_are_404(self):
        movie = make_movie("Gone")
        showtime = make_showtime(movie=movie)
        page, movie_page = url("seat_map", showtime), movie.get_absolute_url()
        movie.delete()

        for response in (
            self.client.get(movie_page),
            self.client.post(f"{movie_page}alert/", {"wanted": "yes"}),
            self.client.get(page),
            self.client.post(page.replace("seats", "hold"), {"seats": ["A1"]}),
            self.client.post(page.replace("seats", "book"), {"seat_ids": ["A1"]}),
        ):
            self.assert_says(response, 404, "The movie may no longer be showing", "/")


class StrangerTests(BadInputTestCase):
    def setUp(self):
        super().setUp()
        self.booking = buy(self.ann, self.showtime, ["A1", "A2"])
        tickets.share(self.booking.tickets.get(seat="A1"))
        self.link = f"/tickets/{self.booking.tickets.get(seat='A1').link_code}/"
        self.client.logout()

    def test_a_shared_ticket_shows_its_seat_and_no_name(self):
        response = self.client.get(self.link)

        self.assertEqual(response.status_code, 200)
        self.assertEqual(words_of(response) & {"A1", "A2", "ann", self.booking.reference}, {"A1"})

    def test_a_ticket_that_is_no_longer_shared_is_not_shown(self):
        tickets.end_sharing(self.booking.tickets.get(seat="A1"))

        self.assert_says(
            self.client.get(self.link), 404, "It was turned off, or the link is incomplete.", "/"
        )

    def test_the_booking_of_a_shared_ticket_is_private(self):
        self.client.force_login(self.bob)

        for path in ("", "pay/", "ticket.pdf", "receipt.pdf", "calendar.ics"):
            response = self.client.get(self.booking.get_absolute_url() + path)
            self.assert_says(response, 404, "Page not found", "/")
            self.assertEqual(words_of(response) & {"A1", "A2"}, set())


class AbsurdTests(BadInputTestCase):
    def test_unknown_filters_are_named(self):
        for query, sentence in {
            "genre=%F0%9F%8E%AC": "We don’t have a genre called “🎬”.",
            "language=klingon": "We don’t have a language called “klingon”.",
            "date=32-13-20": "“32-13-20” isn’t a date",
            "date=9999-12-31": "Tickets that far ahead aren’t on sale yet.",
            "time=tea": "We don’t have a time of day called “tea”.",
            "q=%00%ff": "Please remove the special characters.",
        }.items():
            with self.subTest(query):
                self.assert_says(self.client.get(f"/movies/?{query}"), 200, sentence, "/movies/")

    def test_an_unknown_page_is_named_and_the_nearest_one_is_shown(self):
        movie_page = self.showtime.movie.get_absolute_url()
        for query, sentence in {
            "page=99999999999999999999": "Page 99999999999999999999 doesn’t exist. Showing page 1.",
            "page=-1": "Page -1 doesn’t exist. Showing page 1.",
            "page=two": "Page “two” doesn’t exist. Showing page 1.",
        }.items():
            with self.subTest(query):
                self.assert_says(self.client.get(f"/movies/?{query}"), 200, sentence, movie_page)

    def test_ids_that_are_too_large_are_404(self):
        for path in (
            "/showtimes/999999999999999/seats/",
            "/showtimes/9999999999999999999999/seats/",
            "/bookings/%00/",
        ):
            with self.subTest(path):
                self.assert_says(self.client.get(path), 404, "Page not found", "/")

    def test_seats_that_a_link_invents_are_not_selected(self):
        response = self.client.get(url("seat_map", self.showtime) + "?seats=Z99&seats=a1&best=-3&class=%00")

        self.assertEqual((response.status_code, response.context["ticked"]), (200, []))

    def test_opening_the_url_of_a_form_is_explained(self):
        for name in ("hold", "release"):
            response = self.client.get(url(name, self.showtime))

            self.assert_says(response, 405, "Please start again from the home page", "/")
            self.assertEqual(response["Allow"], "POST")
        bare = self.client.get(url("hold", self.showtime), headers=JSON)
        self.assertEqual((bare.status_code, bare.content), (405, b""))

    def test_an_unknown_payment_outcome_is_refused(self):
        booking = book(self.ann, self.showtime, ["A1"])

        response = self.client.post(f"{booking.get_absolute_url()}pay/", {"outcome": "free"})

        self.assert_says(response, 400, "Nothing was booked or charged.", "/")
        booking.refresh_from_db()
        self.assertEqual(booking.status, Booking.Status.PENDING)


class BackInTheBrowser(BrowserTestCase):
    def test_going_back_after_paying_leads_to_the_ticket_without_another_charge(self):
        ann, showtime = make_user("ann"), make_showtime()
        self.sign_in(ann)
        hold(ann, showtime, ["A1"])
        self.page.goto(url("create_booking", showtime))
        self.page.get_by_role("button", name="Continue to payment").click()
        self.page.get_by_role("button", name="Pay ₹").click()
        self.page.wait_for_url("**/bookings/*/")
        ticket = self.page.url

        self.page.go_back()
        if self.page.url != ticket:  # the payment's page, as the browser had kept it
            self.page.get_by_role("button", name="Pay ₹").click()
        self.page.wait_for_url(ticket)
        self.page.goto(url("create_booking", showtime))

        self.assertEqual(self.page.url, ticket)
        self.page.get_by_text("already paid for these seats").wait_for()
        self.assertEqual(Booking.objects.get().status, Booking.Status.CONFIRMED)
