from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import email_addresses, verification_links
from accounts.tests.support.people import LOGIN, PROFILE, REGISTER, EmailMixin, sign_up_form
from moviebooking.testing import make_user

User = get_user_model()
RESEND = reverse("accounts:resend_activation")
SENT = reverse("accounts:activation_sent")


def link_of(user):
    return reverse("accounts:activate", args=verification_links.link_parts(user))


class LinkTests(EmailMixin, TestCase):
    def setUp(self):
        self.ann = make_user("ann")

    def assert_refused(self, link):
        response = self.client.get(link)
        self.assertContains(response, "This link no longer works", status_code=410)

    def test_opening_the_link_verifies_the_email(self):
        response = self.client.get(link_of(self.ann))

        self.ann.refresh_from_db()
        self.assertRedirects(response, LOGIN)
        self.assertIsNotNone(self.ann.email_verified_at)
        self.assertEqual(self.ann.address_to_verify, "")

    def test_a_signed_in_user_is_redirected_to_the_profile(self):
        self.client.force_login(self.ann)

        response = self.client.get(link_of(self.ann), follow=True)

        self.assertRedirects(response, PROFILE)
        self.assertContains(response, f"Thanks, {self.ann.email} is confirmed.")

    def test_the_verification_link_works_once(self):
        link = link_of(self.ann)
        self.client.get(link)

        self.assert_refused(link)

    def test_the_link_opened_twice_at_once_works_once(self):
        first, second = User.objects.get(), User.objects.get()
        email_addresses.verify(user=first, now=timezone.now())

        with self.assertRaises(verification_links.LinkRefused):
            email_addresses.verify(user=second, now=timezone.now())

    def test_the_verification_link_requires_get(self):
        for method in (self.client.head, self.client.post):
            self.assertEqual(method(link_of(self.ann)).status_code, 405)
        self.assertIsNone(User.objects.get().email_verified_at)

    def test_forged_verification_links_are_refused(self):
        uid, token = verification_links.link_parts(self.ann)
        others_uid, _ = verification_links.link_parts(make_user("bob"))
        for parts in (
            (uid, "c1-" + "0" * 32),
            (uid, default_token_generator.make_token(self.ann)),
            (others_uid, token),
            ("!!", token),
            ("AAAA", token),
            ("OTk5OTk5OTk5OTk5OTk5OTk5OTk", token),
            ("4pyT", token),
        ):
            with self.subTest(parts):
                self.assert_refused(reverse("accounts:activate", args=parts))
        self.assertFalse(User.objects.exclude(email_verified_at=None).exists())

    def test_the_verification_link_expires_after_three_days(self):
        link = link_of(self.ann)

        with override_settings(PASSWORD_RESET_TIMEOUT=-1):
            self.assert_refused(link)

    def test_a_link_to_an_earlier_email_is_invalid(self):
        link = link_of(self.ann)
        User.objects.update(email="new@example.test")

        self.assert_refused(link)

    def test_the_link_does_not_activate_an_account_that_staff_deactivated(self):
        for closed in ({"last_login": timezone.now()}, {"email_verified_at": timezone.now()}):
            bob = make_user(is_active=False, unverified_email="new@example.test", **closed)
            self.client.get(link_of(bob))
            bob.refresh_from_db()
            self.assertFalse(bob.is_active)

    def test_the_link_does_not_switch_the_signed_in_account(self):
        waiting = make_user("cat", is_active=False)
        self.client.force_login(self.ann)

        self.client.get(link_of(waiting))

        self.assertTrue(User.objects.get(username="cat").is_active)
        self.assertEqual(self.client.get(PROFILE).context["user"], self.ann)

    def test_opening_the_link_takes_a_fixed_number_of_queries(self):
        link = link_of(self.ann)

        with self.assertNumQueries(6):
            self.client.get(link)


class WhoseAddressTests(TestCase):
    ADDRESS = "Ann@example.test"

    def claiming(self, username, **fields):
        user = make_user(username, email="", **fields)
        email_addresses.claim(user, self.ADDRESS)
        user.save()
        return user

    def addresses_of(self, user):
        user.refresh_from_db()
        return user.email, user.unverified_email

    def test_an_unverified_email_belongs_to_the_first_account_that_typed_it(self):
        first, second = self.claiming("first"), self.claiming("second")

        self.assertEqual(self.addresses_of(first), (self.ADDRESS, ""))
        self.assertEqual(self.addresses_of(second), ("", self.ADDRESS))

    def test_an_email_belongs_to_the_account_that_verifies_it(self):
        first, second = self.claiming("first"), self.claiming("second")

        email_addresses.verify(user=second, now=timezone.now())

        self.assertEqual(self.addresses_of(first), ("", self.ADDRESS))
        self.assertEqual(self.addresses_of(second), (self.ADDRESS, ""))

    def test_a_verified_email_cannot_be_taken(self):
        first, second = self.claiming("first"), self.claiming("second")
        email_addresses.verify(user=first, now=timezone.now())

        with self.assertRaises(verification_links.LinkRefused):
            email_addresses.verify(user=second, now=timezone.now())

        self.assertEqual(self.addresses_of(first), (self.ADDRESS, ""))
        self.assertEqual(self.addresses_of(second), ("", self.ADDRESS))

    def test_a_verified_email_stays_until_the_next_one_is_verified(self):
        user = make_user("ann", email="old@example.test", email_verified_at=timezone.now())

        email_addresses.claim(user, self.ADDRESS)
        user.save()
        self.assertEqual(self.addresses_of(user), ("old@example.test", self.ADDRESS))

        email_addresses.verify(user=user, now=timezone.now())
        self.assertEqual(self.addresses_of(user), (self.ADDRESS, ""))


class ResendTests(EmailMixin, TestCase):
    def test_the_resend_page_is_the_same_with_and_without_an_account(self):
        make_user("waiting", email="Waiting@example.test", is_active=False)
        make_user("done", email="done@example.test", email_verified_at=timezone.now())

        for email in ("waiting@example.test", "done@example.test", "nobody@example.test"):
            with self.subTest(email):
                self.assertRedirects(self.post(RESEND, {"email": email}), SENT, fetch_redirect_response=False)

        self.assertEqual(self.sent_emails(), [("Waiting@example.test", "Confirm your email address")])

    def test_resending_does_not_look_up_the_user_in_the_request(self):
        with self.captureOnCommitCallbacks(), self.assertNumQueries(0):
            self.client.post(RESEND, {"email": "ann@example.test"})

    @override_settings(REQUIRE_EMAIL_VERIFICATION=True)
    def test_the_resent_link_activates_the_account(self):
        self.post(REGISTER, sign_up_form(email="ann@example.test"))
        self.post(RESEND, {"email": "ANN@example.test"})

        response = self.client.get(self.last_link())

        self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)
        self.assertEqual(response.wsgi_request.user.username, "ann")

    def test_a_signed_in_user_gets_the_link_for_their_own_email(self):
        self.client.force_login(make_user("ann"))
        make_user("bob")

        response = self.post(RESEND, {"email": "bob@example.test"})

        self.assertRedirects(response, PROFILE)
        self.assertEqual(self.sent_emails(), [("ann@example.test", "Confirm your email address")])

    def test_a_verified_account_gets_no_link(self):
        self.client.force_login(make_user("ann", email_verified_at=timezone.now() - timedelta(days=1)))

        self.post(RESEND)

        self.assertEqual(self.sent_emails(), [])

    def test_resending_without_an_email_is_a_form_error(self):
        response = self.post(RESEND, {"email": "what"})

        self.assertEqual(list(response.context["form"].errors), ["email"])
