"""Failed logins are counted by pairs of username and IP address, and by IP address alone."""

import time
from datetime import timedelta
from unittest import mock

from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.tests.support.people import LOGIN, EmailMixin, login_form, main_of
from moviebooking.testing import make_user, words_of
from moviebooking.tests.support.limits import LimitsMixin


@override_settings(AXES_ENABLED=True)
class LockoutTests(EmailMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann", email_verified_at=timezone.now())

    def fail_logins(self, times, username="ann", address="10.0.0.1"):
        for number in range(times):
            response = self.client.post(LOGIN, login_form(username, f"wrong{number}"), REMOTE_ADDR=address)
        return response

    def try_right(self, address="10.0.0.1"):
        return self.client.post(LOGIN, login_form(), REMOTE_ADDR=address)

    def test_the_tenth_failed_login_locks_it_for_15_minutes(self):
        self.assertEqual(self.fail_logins(9).status_code, 200)

        tenth = self.fail_logins(1)

        self.assertContains(tenth, "Too many sign-in attempts", status_code=429)
        self.assertEqual(tenth["Retry-After"], "900")
        self.assertEqual(self.try_right().status_code, 429)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_an_unknown_username_is_locked_like_an_existing_one(self):
        known, unknown = self.fail_logins(10, "ann"), self.fail_logins(10, "nobody")

        self.assertEqual((known.status_code, unknown.status_code), (429, 429))
        self.assertNotIn("ann", words_of(known))
        self.assertEqual(main_of(known), main_of(unknown))

    def test_the_user_can_still_sign_in_from_another_address(self):
        self.fail_logins(10, address="10.0.0.1")

        self.assertEqual(self.try_right(address="10.0.0.2").status_code, 302)

    def test_further_attempts_do_not_extend_the_lock(self):
        self.fail_logins(12)
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

        self.assertEqual(self.try_right().status_code, 302)

    def test_signing_in_resets_the_failed_logins(self):
        self.fail_logins(9)
        self.try_right()
        self.client.logout()

        self.assertEqual(self.fail_logins(9).status_code, 200)

    def test_the_lock_does_not_reveal_whose_email_it_is(self):
        self.fail_logins(9, "ann")

        self.assertEqual(self.fail_logins(1, self.ann.email).status_code, 200)

    def test_a_username_that_is_anothers_email_has_the_usual_number_of_attempts(self):
        make_user("ann@example.test", email="other@example.test", password="Another-Pass-7")

        self.assertEqual(self.fail_logins(9, "ann@example.test").status_code, 200)
        self.assertEqual(self.fail_logins(1, "ann@example.test").status_code, 429)

    def test_other_case_and_spaces_give_no_further_attempts(self):
        for number in range(9):
            self.fail_logins(1, f"{' ' * number}{('ann@example.test', 'ANN@example.test')[number % 2]}")

        self.assertEqual(self.fail_logins(1, "Ann@Example.Test").status_code, 429)

    def test_a_username_that_grows_when_folded_is_counted(self):
        answers = [self.fail_logins(1, "İ" * 150).status_code for _ in range(10)]

        self.assertEqual(answers, [200] * 9 + [429])

    def test_the_admin_login_is_locked_too(self):
        self.fail_logins(10)

        response = self.client.post(reverse("admin:login"), login_form(), REMOTE_ADDR="10.0.0.1")

        self.assertEqual(response.status_code, 429)

    def test_resetting_the_password_unlocks_the_login(self):
        for name in ("ann", "ANN@example.test"):
            self.fail_logins(10, name)
        self.post(reverse("accounts:password_reset"), {"email": self.ann.email})
        confirm = self.client.get(self.last_link()).url
        new = {"new_password1": "Another-Pass-7", "new_password2": "Another-Pass-7"}
        self.client.post(confirm, new)

        for name in ("ann", "Ann@example.test"):
            form = login_form(name, "Another-Pass-7")
            response = self.client.post(LOGIN, form, REMOTE_ADDR="10.0.0.1")
            self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)
            self.client.logout()

    def test_failed_logins_store_no_password(self):
        self.fail_logins(2)

        attempt = AccessAttempt.objects.get()
        self.assertEqual((attempt.username, attempt.failures_since_start), ("ann", 2))
        self.assertNotIn("wrong", attempt.post_data)

    def test_the_throttles_setting_switches_the_lock_off(self):
        with override_settings(AXES_ENABLED=False):
            self.assertEqual(self.fail_logins(12).status_code, 200)
            self.assertEqual(get_user_model().objects.count(), 1)


@override_settings(AXES_ENABLED=True)
class AddressLockoutTests(LimitsMixin, TestCase):
    """An attacker tries one password on many accounts, or many passwords on a few."""

    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann")

    def fail_logins(self, times, *, address="10.0.0.1", names="name{}"):
        return [
            self.client.post(LOGIN, login_form(names.format(number), "Summer2026!"), REMOTE_ADDR=address)
            for number in range(times)
        ]

    def sign_in(self, **options):
        return self.client.post(LOGIN, login_form(), **options)

    def test_the_fiftieth_failure_locks_the_address_for_every_username(self):
        with mock.patch("time.time", return_value=int(time.time())):
            answers = self.fail_logins(50)

        self.assertEqual([answer.status_code for answer in answers], [200] * 49 + [429])
        self.assertContains(answers[-1], "Too many failed sign-ins from your network", status_code=429)
        self.assertEqual(answers[-1]["Retry-After"], "900")
        self.assertEqual(self.sign_in(REMOTE_ADDR="10.0.0.1").status_code, 429)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_another_address_is_not_locked(self):
        self.fail_logins(50)

        self.assertEqual(self.sign_in(REMOTE_ADDR="10.0.0.2").status_code, 302)

    def test_signing_in_does_not_reset_the_failures_of_the_address(self):
        self.fail_logins(49)
        self.assertEqual(self.sign_in(REMOTE_ADDR="10.0.0.1").status_code, 302)
        self.client.logout()

        self.assertEqual(self.fail_logins(1)[0].status_code, 429)

    def test_another_browser_at_the_same_address_is_locked_too(self):
        self.fail_logins(25)

        self.client.defaults["HTTP_USER_AGENT"] = "another"
        self.assertEqual(self.fail_logins(25)[-1].status_code, 429)

    def test_the_address_is_unlocked_after_15_minutes_despite_further_attempts(self):
        self.fail_logins(55)
        now = time.time()

        with mock.patch("time.time", return_value=now + 901):
            self.assertEqual(self.sign_in(REMOTE_ADDR="10.0.0.1").status_code, 302)

    def test_a_request_without_an_address_is_not_locked(self):
        self.assertEqual({answer.status_code for answer in self.fail_logins(51, address="")}, {200})

    def test_the_admin_login_is_locked_too(self):
        self.fail_logins(50)

        response = self.client.post(reverse("admin:login"), login_form(), REMOTE_ADDR="10.0.0.1")

        self.assertEqual(response.status_code, 429)
