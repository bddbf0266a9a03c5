"""Pages with a limit of requests per minute: the request after the limit is refused."""

from django.test import TestCase, override_settings

from bookings.tests.support.steps import OwnLiveMaps, buy
from moviebooking import throttle
from moviebooking.testing import make_showtime, make_user


@override_settings(THROTTLES=True)
class ThrottledPagesTests(OwnLiveMaps, TestCase):
    def setUp(self):
        super().setUp()
        throttle._limiter.cache_clear()  # it counts under the prefix of this test
        self.addCleanup(throttle._limiter.cache_clear)
        self.ann = make_user("ann")
        self.client.force_login(self.ann)

    def assert_limit(self, per_minute, ask):
        answers = [ask().status_code for _ in range(per_minute + 1)]

        self.assertNotIn(429, answers[:-1])
        self.assertEqual(answers[-1], 429)

    def test_resending_the_email_of_a_booking_is_throttled(self):
        booking = buy(self.ann, make_showtime(), ["A1"])

        self.assert_limit(5, lambda: self.client.post(f"{booking.get_absolute_url()}resend/"))

    def test_pages_that_ask_for_the_password_are_throttled(self):
        self.assert_limit(20, lambda: self.client.post("/accounts/delete/", {"password": "wrong"}))

    def test_viewing_a_form_is_not_throttled(self):
        self.client.logout()
        for page in ("/accounts/register/", "/accounts/password_reset/", "/accounts/activate/"):
            with self.subTest(page):
                answers = {self.client.get(page).status_code for _ in range(241)}
                self.assertEqual(answers, {200})
                self.assertNotEqual(self.client.post(page, {}).status_code, 429)

    def test_downloading_documents_is_throttled(self):
        booking = buy(self.ann, make_showtime(), ["A1"])

        self.assert_limit(30, lambda: self.client.get(f"{booking.get_absolute_url()}calendar.ics"))

    def test_requesting_a_password_reset_is_throttled(self):
        ask = {"email": "nobody@example.test"}

        self.assert_limit(30, lambda: self.client.post("/accounts/password_reset/", ask))

    def test_resending_the_verification_link_is_throttled(self):
        self.assert_limit(30, lambda: self.client.post("/accounts/activate/"))
