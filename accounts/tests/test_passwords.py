from django.contrib.auth import get_user_model
from django.test import TestCase
from django.urls import reverse

from accounts.tests.support.people import LOGIN, PROFILE, EmailMixin, main_of
from moviebooking.testing import PASSWORD, make_user

CHANGE = reverse("accounts:password_change")
RESET = reverse("accounts:password_reset")
NEW = "Another-Pass-7"
NEW_TWICE = {"new_password1": NEW, "new_password2": NEW}
CHANGED = "Your password was changed"


class PasswordChangeTests(EmailMixin, TestCase):
    def setUp(self):
        self.ann = make_user("ann")
        self.client.force_login(self.ann)

    def test_changing_the_password_ends_every_other_session(self):
        phone = self.client_class()
        phone.force_login(self.ann)

        response = self.post(CHANGE, {"old_password": PASSWORD, **NEW_TWICE})

        self.assertRedirects(response, PROFILE)
        self.assertRedirects(phone.get(PROFILE), f"{LOGIN}?next={PROFILE}")
        self.assertEqual(self.sent_emails(), [(self.ann.email, CHANGED)])

    def test_changing_the_password_requires_the_old_one(self):
        response = self.post(CHANGE, {"old_password": "wrong", **NEW_TWICE})

        self.assertEqual(list(response.context["form"].errors), ["old_password"])
        self.assertTrue(get_user_model().objects.get().check_password(PASSWORD))
        self.assertEqual(self.sent_emails(), [])

    def test_a_new_password_has_the_help_texts_of_the_sign_up_form(self):
        register = self.client_class().get(reverse("accounts:register")).context["form"]

        form = self.client.get(CHANGE).context["form"]

        self.assertEqual(form["new_password1"].help_text, register["password1"].help_text)
        self.assertEqual(form["new_password2"].label, register["password2"].label)

    def test_changing_the_password_needs_a_login(self):
        self.client.logout()

        self.assertRedirects(self.client.get(CHANGE), f"{LOGIN}?next={CHANGE}")


class PasswordResetTests(EmailMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann", email="Ann@example.test")

    def open_form(self):
        """Request a reset link, open it, and return the URL of the form it leads to."""
        self.post(RESET, {"email": "ann@EXAMPLE.test"})
        return self.client.get(self.last_link()).url

    def test_the_password_can_be_reset_in_four_steps(self):
        asked = self.post(RESET, {"email": "ann@example.test"})
        self.assertRedirects(asked, reverse("accounts:password_reset_done"))
        self.assertEqual(self.sent_emails(), [("Ann@example.test", "Reset your password")])

        chosen = self.post(self.client.get(self.last_link()).url, NEW_TWICE)

        self.assertRedirects(chosen, reverse("accounts:password_reset_complete"))
        self.assertTrue(get_user_model().objects.get().check_password(NEW))
        self.assertEqual(self.sent_emails()[1:], [("Ann@example.test", CHANGED)])

    def test_the_reset_page_is_the_same_with_and_without_an_account(self):
        make_user("shut", email="shut@example.test", is_active=False)
        make_user("blank", email="")
        pages = [
            self.post(RESET, {"email": email}, follow=True)
            for email in ("ann@example.test", "nobody@example.test", "shut@example.test")
        ]

        self.assertEqual(len({main_of(page) for page in pages}), 1)
        self.assertEqual(self.sent_emails(), [("Ann@example.test", "Reset your password")])

    def test_requesting_a_reset_does_not_look_up_the_user_in_the_request(self):
        with self.captureOnCommitCallbacks(), self.assertNumQueries(0):
            self.client.post(RESET, {"email": "ann@example.test"})

    def test_the_reset_link_works_once(self):
        form = self.open_form()
        link = self.last_link()
        self.post(form, NEW_TWICE)

        again = self.client.get(link)

        self.assertContains(again, "This link no longer works")
        self.assertFalse(again.context["validlink"])

    def test_a_forged_reset_link_gets_the_same_page(self):
        for uid in ("MQ", "AAAA", "!!", "OTk5OTk5OTk5OTk5OTk5OTk5OTk"):
            with self.subTest(uid):
                link = reverse("accounts:password_reset_confirm", args=[uid, "c1-0123456789abcdef"])
                self.assertContains(self.client.get(link), "This link no longer works")

    def test_resetting_the_password_verifies_the_email(self):
        self.post(self.open_form(), NEW_TWICE)

        self.assertIsNotNone(get_user_model().objects.get().email_verified_at)

    def test_resetting_the_password_ends_every_session(self):
        phone = self.client_class()
        phone.force_login(self.ann)

        self.post(self.open_form(), NEW_TWICE)

        self.assertEqual(phone.get(PROFILE).status_code, 302)

    def test_a_weak_new_password_is_refused(self):
        response = self.post(self.open_form(), {"new_password1": "password", "new_password2": "password"})

        self.assertEqual(list(response.context["form"].errors), ["new_password2"])
        self.assertTrue(get_user_model().objects.get().check_password(PASSWORD))
