from django.test import TestCase
from django.utils import timezone

from accounts.tests.support.people import LOGIN, PROFILE
from moviebooking.testing import make_user


class ProfileTests(TestCase):
    def setUp(self):
        self.ann = make_user("ann", email_verified_at=timezone.now())
        self.client.force_login(self.ann)

    def test_the_profile_needs_a_login(self):
        self.client.logout()

        self.assertRedirects(self.client.get(PROFILE), f"{LOGIN}?next={PROFILE}")

    def test_the_profile_shows_username_and_email(self):
        response = self.client.get(PROFILE)

        self.assertContains(response, "<dd>ann</dd>", html=True)
        self.assertContains(
            response, '<dd>ann@example.test <span class="badge">Confirmed</span></dd>', html=True
        )
        self.assertNotContains(response, "Not confirmed")

    def test_the_profile_asks_to_confirm_an_unverified_email(self):
        self.client.force_login(make_user("bob"))

        response = self.client.get(PROFILE)

        self.assertContains(
            response, "Confirm your email so you can sign in with it and reset your password."
        )
        self.assertNotContains(response, "tickets and")

    def test_the_profile_form_changes_the_name_only(self):
        data = {"first_name": "Ann", "last_name": "Lee", "username": "root", "is_staff": "on"}

        response = self.client.post(PROFILE, data)

        self.ann.refresh_from_db()
        self.assertRedirects(response, PROFILE)
        self.assertEqual(
            (self.ann.get_full_name(), self.ann.username, self.ann.is_staff), ("Ann Lee", "ann", False)
        )

    def test_a_name_that_is_too_long_is_refused(self):
        response = self.client.post(PROFILE, {"first_name": "x" * 151})

        self.assertEqual(list(response.context["form"].errors), ["first_name"])

    def test_the_profile_is_not_cached(self):
        self.assertIn("no-store", self.client.get(PROFILE)["Cache-Control"])
