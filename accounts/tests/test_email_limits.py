"""However many ask, and from wherever: an address gets five mails of a kind within an hour."""

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

    def test_forty_password_resets_from_forty_addresses_are_five_mails(self):
        answers = self.ask_from_many_addresses(RESET, 40, {"email": "ANN@example.test"})

        self.assertEqual({answer.status_code for answer in answers}, {302})
        self.assertEqual(self.mails(), [("ann@example.test", "Reset your password")] * 5)

    def test_the_page_does_not_tell_that_the_mail_stayed_away(self):
        pages = self.ask_from_many_addresses(RESET, 6, {"email": "ann@example.test"})

        first, last = (main_of(self.client.get(page.url)) for page in (pages[0], pages[-1]))
        self.assertEqual(first, last)

    def test_another_address_and_another_kind_are_counted_apart(self):
        make_user("bob", email="bob@example.test")
        self.ask_from_many_addresses(RESET, 6, {"email": "ann@example.test"})
        outbox_of.outbox.clear()

        self.post(RESET, {"email": "bob@example.test"})
        self.post(AGAIN, {"email": "ann@example.test"})

        self.assertEqual([to for to, _ in self.mails()], ["bob@example.test", "ann@example.test"])

    def test_links_that_verify_an_address_are_five_however_they_are_asked_for(self):
        self.ask_from_many_addresses(AGAIN, 3, {"email": "new@example.test"})
        for number in range(4):
            self.post(REGISTER, sign_up_form(f"new{number}", email="new@example.test"))
            self.client.logout()
        self.client.force_login(self.ann)
        self.post("/accounts/email/", {"email": "New@example.test", "password": PASSWORD})

        # Three were asked for before anybody had the address, and count all the same.
        self.assertEqual(len([to for to, _ in self.mails() if to.lower() == "new@example.test"]), 2)

    def test_whoever_is_signed_in_is_told_that_no_further_link_was_sent(self):
        self.client.force_login(self.ann)

        pages = [self.post(AGAIN, follow=True) for _ in range(6)]

        self.assertContains(pages[4], "Link sent.")
        self.assertContains(pages[5], "We’ve sent several links this hour.")
        self.assertEqual(len(self.mails()), 5)

    def test_word_of_a_changed_password_too(self):
        self.client.force_login(self.ann)
        for _ in range(6):
            form = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
            self.post("/accounts/password_change/", form)

        self.assertEqual(self.mails(), [("ann@example.test", "Your password was changed")] * 5)

    def test_without_throttles_everything_is_sent(self):
        with self.settings(THROTTLES=False):
            self.ask_from_many_addresses(RESET, 7, {"email": "ann@example.test"})

        self.assertEqual(len(self.mails()), 7)
