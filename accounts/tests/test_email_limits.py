"""An email address gets at most five emails of a kind per hour, whoever requests them."""

from django.core import mail as outbox_of
from django.test import TestCase

from accounts.tests.support.people import REGISTER, EmailMixin, main_of, sign_up_form
from moviebooking.testing import PASSWORD, make_user
from moviebooking.tests.support.limits import LimitsMixin

RESET = "/accounts/password_reset/"
AGAIN = "/accounts/activate/"


class MailLimitTests(LimitsMixin, EmailMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann", email="ann@example.test")

    def ask_from_many_addresses(self, url, times, data):
        return [self.post(url, data, REMOTE_ADDR=f"10.0.0.{number}") for number in range(times)]

    def test_forty_password_resets_from_forty_ip_addresses_send_five_emails(self):
        answers = self.ask_from_many_addresses(RESET, 40, {"email": "ANN@example.test"})

        self.assertEqual({answer.status_code for answer in answers}, {302})
        self.assertEqual(self.sent_emails(), [("ann@example.test", "Reset your password")] * 5)

    def test_the_page_does_not_reveal_that_no_email_was_sent(self):
        pages = self.ask_from_many_addresses(RESET, 6, {"email": "ann@example.test"})

        first, last = (main_of(self.client.get(page.url)) for page in (pages[0], pages[-1]))
        self.assertEqual(first, last)

    def test_other_recipients_and_other_kinds_are_counted_separately(self):
        make_user("bob", email="bob@example.test")
        self.ask_from_many_addresses(RESET, 6, {"email": "ann@example.test"})
        outbox_of.outbox.clear()

        self.post(RESET, {"email": "bob@example.test"})
        self.post(AGAIN, {"email": "ann@example.test"})

        self.assertEqual([to for to, _ in self.sent_emails()], ["bob@example.test", "ann@example.test"])

    def test_an_email_address_gets_five_verification_links_however_they_are_requested(self):
        self.ask_from_many_addresses(AGAIN, 3, {"email": "new@example.test"})
        for number in range(4):
            self.post(REGISTER, sign_up_form(f"new{number}", email="new@example.test"))
            self.client.logout()
        self.client.force_login(self.ann)
        self.post("/accounts/email/", {"email": "New@example.test", "password": PASSWORD})

        # Three were asked for before anybody had the address, and count all the same.
        self.assertEqual(len([to for to, _ in self.sent_emails() if to.lower() == "new@example.test"]), 2)

    def test_a_signed_in_user_is_told_that_no_further_link_was_sent(self):
        self.client.force_login(self.ann)

        pages = [self.post(AGAIN, follow=True) for _ in range(6)]

        self.assertContains(pages[4], "Link sent.")
        self.assertContains(pages[5], "We’ve sent several links this hour.")
        self.assertEqual(len(self.sent_emails()), 5)

    def test_emails_about_changed_passwords_are_limited_too(self):
        self.client.force_login(self.ann)
        for _ in range(6):
            form = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
            self.post("/accounts/password_change/", form)

        self.assertEqual(self.sent_emails(), [("ann@example.test", "Your password was changed")] * 5)

    def test_the_throttles_setting_switches_the_email_limits_off(self):
        with self.settings(THROTTLES=False):
            self.ask_from_many_addresses(RESET, 7, {"email": "ann@example.test"})

        self.assertEqual(len(self.sent_emails()), 7)
