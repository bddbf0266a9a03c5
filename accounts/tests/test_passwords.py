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

    def test_this_session_goes_on_and_every_other_one_ends(self):
        phone = self.client_class()
        phone.force_login(self.ann)

        response = self.post(CHANGE, {"old_password": PASSWORD, **NEW_TWICE})

        self.assertRedirects(response, PROFILE)
        self.assertRedirects(phone.get(PROFILE), f"{LOGIN}?next={PROFILE}")
        self.assertEqual(self.mails(), [(self.ann.email, CHANGED)])

    def test_the_old_password_is_asked_for(self):
        response = self.post(CHANGE, {"old_password": "wrong", **NEW_TWICE})

        self.assertEqual(list(response.context["form"].errors), ["old_password"])
        self.assertTrue(get_user_model().objects.get().check_password(PASSWORD))
        self.assertEqual(self.mails(), [])

    def test_a_new_password_is_asked_for_in_the_words_of_signing_up(self):
        register = self.client_class().get(reverse("accounts:register")).context["form"]

        form = self.client.get(CHANGE).context["form"]

        self.assertEqual(form["new_password1"].help_text, register["password1"].help_text)
        self.assertEqual(form["new_password2"].label, register["password2"].label)

    def test_it_needs_a_login(self):
        self.client.logout()

        self.assertRedirects(self.client.get(CHANGE), f"{LOGIN}?next={CHANGE}")


class PasswordResetTests(EmailMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann", email="Ann@example.test")

    def open_form(self):
        """Ask for a link, open it, and give the address of the form behind it."""
        self.post(RESET, {"email": "ann@EXAMPLE.test"})
        return self.client.get(self.last_link()).url

    def test_four_steps_lead_to_a_new_password(self):
        asked = self.post(RESET, {"email": "ann@example.test"})
        self.assertRedirects(asked, reverse("accounts:password_reset_done"))
        self.assertEqual(self.mails(), [("Ann@example.test", "Reset your password")])

        chosen = self.post(self.client.get(self.last_link()).url, NEW_TWICE)

        self.assertRedirects(chosen, reverse("accounts:password_reset_complete"))
        self.assertTrue(get_user_model().objects.get().check_password(NEW))
        self.assertEqual(self.mails()[1:], [("Ann@example.test", CHANGED)])

    def test_the_page_is_the_same_whether_there_is_an_account_or_not(self):
        make_user("shut", email="shut@example.test", is_active=False)
        make_user("blank", email="")
        pages = [
            self.post(RESET, {"email": email}, follow=True)
            for email in ("ann@example.test", "nobody@example.test", "shut@example.test")
        ]

        self.assertEqual(len({main_of(page) for page in pages}), 1)
        self.assertEqual(self.mails(), [("Ann@example.test", "Reset your password")])

    def test_asking_looks_nobody_up_in_the_request_itself(self):
        with self.captureOnCommitCallbacks(), self.assertNumQueries(0):
            self.client.post(RESET, {"email": "ann@example.test"})

    def test_the_link_works_once(self):
        form = self.open_form()
        link = self.last_link()
        self.post(form, NEW_TWICE)

        again = self.client.get(link)

        self.assertContains(again, "This link no longer works")
        self.assertFalse(again.context["validlink"])

    def test_a_forged_link_says_the_same(self):
        for uid in ("MQ", "AAAA", "!!", "OTk5OTk5OTk5OTk5OTk5OTk5OTk"):
            with self.subTest(uid):
                link = reverse("accounts:password_reset_confirm", args=[uid, "c1-0123456789abcdef"])
                self.assertContains(self.client.get(link), "This link no longer works")

    def test_it_proves_the_address(self):
        self.post(self.open_form(), NEW_TWICE)

        self.assertIsNotNone(get_user_model().objects.get().email_verified_at)

    def test_it_ends_every_session(self):
        phone = self.client_class()
        phone.force_login(self.ann)

        self.post(self.open_form(), NEW_TWICE)

        self.assertEqual(phone.get(PROFILE).status_code, 302)

    def test_a_weak_password_is_refused(self):
        response = self.post(self.open_form(), {"new_password1": "password", "new_password2": "password"})

        self.assertEqual(list(response.context["form"].errors), ["new_password2"])
        self.assertTrue(get_user_model().objects.get().check_password(PASSWORD))
