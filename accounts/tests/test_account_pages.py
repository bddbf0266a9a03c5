"""Change the email, end other sessions, download the data, delete the account."""

import json

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.data_export import export_account
from accounts.tests.support.people import LOGIN, PROFILE, REGISTER, EmailMixin, login_form, sign_up_form
from moviebooking.testing import PASSWORD, make_user

User = get_user_model()
CHANGE_EMAIL = reverse("accounts:change_email")
END_OTHERS = reverse("accounts:end_other_sessions")
DOWNLOAD = reverse("accounts:download")
DELETE = reverse("accounts:delete")


class PasswordPagesTests(TestCase):
    def test_pages_that_ask_for_the_password_need_a_login(self):
        for page in (CHANGE_EMAIL, END_OTHERS, DOWNLOAD, DELETE):
            with self.subTest(page):
                self.assertRedirects(self.client.get(page), f"{LOGIN}?next={page}")

    def test_pages_that_ask_for_the_password_change_nothing_without_it(self):
        ann = make_user("ann")
        self.client.force_login(ann)
        before = User.objects.values().get()

        for page in (CHANGE_EMAIL, END_OTHERS, DELETE):
            for password in ("wrong", ""):
                with self.subTest(page, password=password):
                    response = self.client.post(page, {"email": "new@example.test", "password": password})
                    self.assertEqual(list(response.context["form"].errors), ["password"])
        self.assertEqual(User.objects.values().get(), before)

    def test_pages_that_ask_for_the_password_refuse_other_methods(self):
        self.client.force_login(make_user())

        for page in (CHANGE_EMAIL, END_OTHERS, DELETE):
            self.assertEqual(self.client.put(page).status_code, 405)
        self.assertEqual(self.client.post(DOWNLOAD).status_code, 405)


class ChangeEmailTests(EmailMixin, TestCase):
    def setUp(self):
        self.ann = make_user("ann", email="old@example.test", email_verified_at=timezone.now())
        self.client.force_login(self.ann)

    def change(self, email):
        return self.post(CHANGE_EMAIL, {"email": email, "password": PASSWORD}, follow=True)

    def addresses(self):
        self.ann.refresh_from_db()
        return self.ann.email, self.ann.unverified_email

    def test_the_old_email_stays_until_the_new_one_is_verified(self):
        response = self.change("new@example.test")

        self.assertRedirects(response, PROFILE)
        self.assertEqual(self.addresses(), ("old@example.test", "new@example.test"))
        self.assertEqual(self.sent_emails(), [("new@example.test", "Confirm your email address")])

    def test_opening_the_link_changes_the_email_and_notifies_the_old_one(self):
        self.change("new@example.test")
        with self.captureOnCommitCallbacks(execute=True):
            self.client.get(self.last_link())

        self.assertEqual(self.addresses(), ("new@example.test", ""))
        self.assertEqual(self.sent_emails()[1:], [("old@example.test", "Your email address was changed")])

    def test_only_the_latest_verification_link_is_valid(self):
        self.change("first@example.test")
        first = self.last_link()
        self.change("second@example.test")

        self.assertEqual(self.client.get(first).status_code, 410)
        self.assertEqual(self.addresses(), ("old@example.test", "second@example.test"))

    def test_changing_to_a_taken_email_gets_the_same_response(self):
        make_user("bob", email="taken@example.test", email_verified_at=timezone.now())

        free, taken = self.change("free@example.test"), self.change("taken@example.test")

        self.assertEqual(free.redirect_chain, taken.redirect_chain)
        self.assertEqual(
            [str(*page.context["messages"]) for page in (free, taken)],
            [
                f"We’ve emailed a link to {name}@example.test. Open it to confirm."
                for name in ("free", "taken")
            ],
        )
        self.assertEqual(self.sent_emails()[1:], [("taken@example.test", "Did you try to sign up again?")])

    def test_an_unverified_email_is_replaced_at_once(self):
        User.objects.update(email_verified_at=None)

        self.change("new@example.test")

        self.assertEqual(self.addresses(), ("new@example.test", ""))

    def test_changing_to_the_current_email_is_refused(self):
        response = self.change("OLD@example.test")

        self.assertFormError(response.context["form"], "email", "That’s already your email.")


class EndOtherSessionsTests(TestCase):
    def test_ending_other_sessions_keeps_this_one_and_the_password(self):
        ann = make_user("ann")
        phone = self.client_class()
        for client in (self.client, phone):
            client.force_login(ann)

        response = self.client.post(END_OTHERS, {"password": PASSWORD})

        self.assertRedirects(response, PROFILE)
        self.assertRedirects(phone.get(PROFILE), f"{LOGIN}?next={PROFILE}")
        self.assertRedirects(phone.post(LOGIN, login_form(next=PROFILE)), PROFILE)


class DownloadTests(TestCase):
    def test_the_data_export_is_a_json_file_of_the_account(self):
        joined = timezone.now().replace(microsecond=0)
        ann = make_user("ann", first_name="अन्ना", date_joined=joined)
        self.client.force_login(ann)

        response = self.client.get(DOWNLOAD)

        ann.refresh_from_db()
        self.assertEqual(response["Content-Disposition"], 'attachment; filename="moviebooking-data.json"')
        self.assertIn("अन्ना", response.content.decode())
        self.assertEqual(
            json.loads(response.content)["account"],
            {
                "username": "ann",
                "first_name": "अन्ना",
                "last_name": "",
                "email": "",
                "email_verified_at": None,
                "unverified_email": "ann@example.test",
                "language": "",
                "joined_at": joined.isoformat().replace("+00:00", "Z"),
                "last_login_at": f"{ann.last_login.isoformat(timespec='milliseconds')[:-6]}Z",
            },
        )

    def test_the_data_export_does_not_reveal_a_taken_email(self):
        make_user("owner", email="taken@example.test", email_verified_at=timezone.now())
        free = make_user("free", email="free@example.test")
        taken = make_user("taken", email="", unverified_email="taken@example.test")

        known = [export_account(user)["account"] for user in (free, taken)]

        self.assertEqual([account["email"] for account in known], ["", ""])
        self.assertEqual(
            [account["unverified_email"] for account in known], ["free@example.test", "taken@example.test"]
        )


class DeleteTests(EmailMixin, TestCase):
    def setUp(self):
        self.ann = make_user(
            "ann", first_name="Ann", last_name="Lee", email_verified_at=timezone.now(), language="en"
        )
        self.ann.groups.add(Group.objects.create(name="friends"))
        self.client.force_login(self.ann)

    def delete(self):
        return self.client.post(DELETE, {"password": PASSWORD})

    def test_deleting_an_account_removes_all_personal_data(self):
        response = self.delete()

        self.ann.refresh_from_db()
        self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)
        self.assertRegex(self.ann.username, r"^closed-\w{24}$")
        self.assertEqual(
            (self.ann.email, self.ann.unverified_email, self.ann.get_full_name(), self.ann.language),
            ("", "", "", ""),
        )
        self.assertEqual((self.ann.email_verified_at, self.ann.last_login), (None, None))
        self.assertFalse(self.ann.has_usable_password())
        self.assertFalse(self.ann.is_active)
        self.assertEqual(self.ann.groups.count(), 0)

    def test_deleting_an_account_ends_every_session(self):
        phone = self.client_class()
        phone.force_login(self.ann)

        self.delete()

        for client in (self.client, phone):
            self.assertRedirects(client.get(PROFILE), f"{LOGIN}?next={PROFILE}")

    def test_the_username_and_email_of_a_deleted_account_are_free_again(self):
        self.delete()

        self.post(REGISTER, sign_up_form("ann", email="ann@example.test"))

        self.assertEqual(User.objects.with_email("ann@example.test").get().username, "ann")

    def test_nobody_can_sign_in_to_a_deleted_account(self):
        self.delete()
        self.ann.refresh_from_db()

        self.client.post(LOGIN, login_form(self.ann.username))
        self.post(reverse("accounts:password_reset"), {"email": "ann@example.test"})

        self.assertNotIn("_auth_user_id", self.client.session)
        self.assertEqual(self.sent_emails(), [])

    def test_staff_cannot_delete_their_own_account(self):
        User.objects.update(is_staff=True)

        response = self.delete()

        self.assertFormError(
            response.context["form"],
            None,
            "Another staff member has to delete this staff account, in the admin.",
        )
        self.assertEqual(User.objects.get().username, "ann")
