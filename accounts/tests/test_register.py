import re

from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings
from django.urls import reverse

from accounts import email_addresses
from accounts.tests.support.people import LOGIN, PROFILE, REGISTER, EmailMixin, sign_up_form
from moviebooking.testing import PASSWORD, make_user

User = get_user_model()
SENT = reverse("accounts:activation_sent")
VERIFY = "Confirm your email address"
TAKEN = "Did you try to sign up again?"


class RivalWhoIsQuicker:
    """A password validator, which runs last and by then has created another user of the same name."""

    def validate(self, password, user=None):
        make_user("Ann")


class RegisterTests(EmailMixin, TestCase):
    def test_signing_up_signs_in_and_redirects_home(self):
        response = self.post(REGISTER, sign_up_form())

        self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)
        self.assertEqual(self.client.get(PROFILE).context["user"].username, "ann")
        self.assertEqual(self.sent_emails(), [])

    def test_signing_up_starts_a_session_of_the_model_backend(self):
        self.post(REGISTER, sign_up_form())

        self.assertEqual(
            self.client.session["_auth_user_backend"], "django.contrib.auth.backends.ModelBackend"
        )

    def test_signing_up_redirects_to_next(self):
        response = self.post(REGISTER, sign_up_form(next="/showtimes/7/seats/"))

        self.assertRedirects(response, "/showtimes/7/seats/", fetch_redirect_response=False)

    def test_signing_up_never_redirects_to_another_site(self):
        for number, target in enumerate(
            ["https://evil.test/", "//evil.test", "javascript:alert(1)", "\\\\evil"]
        ):
            with self.subTest(target):
                self.client.logout()
                response = self.post(REGISTER, sign_up_form(f"ann{number}", next=target))
                self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)

    def test_the_links_between_sign_up_and_login_keep_next(self):
        for page, other in ((REGISTER, LOGIN), (LOGIN, REGISTER)):
            response = self.client.get(page, {"next": "/showtimes/7/seats/"})
            self.assertContains(response, f'href="{other}?next=/showtimes/7/seats/"')
            self.assertContains(
                response, '<input type="hidden" name="next" value="/showtimes/7/seats/">', html=True
            )

    def test_a_signed_in_visitor_is_redirected_from_the_sign_up_page(self):
        self.client.force_login(make_user("bob"))

        response = self.client.get(REGISTER, {"next": PROFILE})

        self.assertRedirects(response, PROFILE, fetch_redirect_response=False)

    def test_invalid_input_is_shown_again(self):
        response = self.post(REGISTER, sign_up_form("ann lee", email="ann@", password2="other"))

        self.assertEqual(response.status_code, 200)
        self.assertEqual(sorted(response.context["form"].errors), ["email", "password2", "username"])
        self.assertContains(response, 'value="ann lee"')
        self.assertContains(response, 'value="ann@"')
        self.assertNotContains(response, PASSWORD)
        self.assertEqual(User.objects.count(), 0)

    def test_a_weak_password_or_one_like_the_email_is_refused(self):
        for password, email in (
            ("password", ""),
            ("12345678", ""),
            ("annlee-cinema", "annlee-cinema@x.test"),
        ):
            with self.subTest(password):
                form = sign_up_form(email=email, password1=password, password2=password)
                self.assertEqual(list(self.post(REGISTER, form).context["form"].errors), ["password2"])

    def test_unreadable_characters_in_a_username_are_a_form_error(self):
        for username in ("a\x00b", "x" * 151, "  ", ""):
            with self.subTest(repr(username)):
                self.assertEqual(
                    list(self.post(REGISTER, sign_up_form(username)).context["form"].errors), ["username"]
                )

    def test_a_taken_username_is_refused_in_any_case(self):
        make_user("Ann")

        response = self.post(REGISTER, sign_up_form("ann"))

        self.assertFormError(response.context["form"], "username", "That username is taken.")

    @override_settings(AUTH_PASSWORD_VALIDATORS=[{"NAME": f"{__name__}.RivalWhoIsQuicker"}])
    def test_a_username_taken_after_validation_is_refused(self):
        response = self.post(REGISTER, sign_up_form("ann"))

        self.assertFormError(response.context["form"], "username", "That username is taken.")
        self.assertEqual(User.objects.get().username, "Ann")

    def test_the_sign_up_page_refuses_other_methods(self):
        self.assertEqual(self.client.put(REGISTER).status_code, 405)

    def test_signing_up_without_the_csrf_token_is_refused(self):
        client = self.client_class(enforce_csrf_checks=True)

        self.assertEqual(client.post(REGISTER, sign_up_form()).status_code, 403)
        self.assertEqual(User.objects.count(), 0)

    def test_signing_up_takes_a_fixed_number_of_queries(self):
        make_user("bob")
        with self.assertNumQueries(20):
            self.post(REGISTER, sign_up_form(email="ann@example.test"))


class AddressAtSignUpTests(EmailMixin, TestCase):
    def test_signing_up_stores_the_email_and_sends_a_verification_link(self):
        self.post(REGISTER, sign_up_form(email="Ann@Example.TEST"))

        ann = User.objects.get(username="ann")
        self.assertEqual((ann.email, ann.email_verified_at), ("Ann@example.test", None))
        self.assertEqual(self.sent_emails(), [("Ann@example.test", VERIFY)])

    def test_signing_up_with_a_taken_email_gets_the_same_response_and_notifies_its_owner(self):
        make_user("owner", email="ann@example.test", email_verified_at="2026-01-01T00:00Z")
        free = self.post(REGISTER, sign_up_form("first", email="new@example.test"), follow=True)
        self.client.logout()

        taken = self.post(REGISTER, sign_up_form("other", email="ANN@example.test"), follow=True)

        self.assertEqual(taken.redirect_chain, free.redirect_chain)
        self.assertEqual(
            str(*taken.context["messages"]).replace("ANN@", "new@"), str(*free.context["messages"])
        )
        self.assertEqual(self.sent_emails(), [("new@example.test", VERIFY), ("ann@example.test", TAKEN)])
        self.assertEqual(User.objects.with_email("ann@example.test").get().username, "owner")

    def test_the_profile_looks_the_same_with_a_taken_email_as_with_a_free_one(self):
        make_user("owner", email="ann@example.test", email_verified_at="2026-01-01T00:00Z")

        taken = self.profile_after_sign_up("other-visitor", "ann@example.test")
        free = self.profile_after_sign_up("first-visitor", "new@example.test")

        self.assertIn("ADDRESS", taken)
        self.assertHTMLEqual(taken, free)

    def profile_after_sign_up(self, username, email):
        """Return the main part of the profile without username, email and CSRF tokens."""
        self.client.logout()
        self.post(REGISTER, sign_up_form(username, email=email))
        page = self.client.get(PROFILE).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        main = main.replace(username, "NAME").replace(email, "ADDRESS")
        return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", main)

    def test_an_email_taken_after_validation_stays_unverified(self):
        user = User(username="other")
        email_addresses.claim(user, "Ann@example.test")
        make_user("rival", email="ann@example.test")

        email_addresses.save_claim(user)

        user.refresh_from_db()
        self.assertEqual((user.email, user.unverified_email), ("", "Ann@example.test"))


@override_settings(REQUIRE_EMAIL_VERIFICATION=True)
class MandatoryVerificationTests(EmailMixin, TestCase):
    def test_the_email_is_required_if_it_must_be_verified(self):
        response = self.post(REGISTER, sign_up_form())

        self.assertFormError(response.context["form"], "email", "This field is required.")

    def test_the_account_is_inactive_until_its_link_is_opened(self):
        response = self.post(REGISTER, sign_up_form(email="ann@example.test"))
        login = self.post(LOGIN, {"username": "ann", "password": PASSWORD})

        self.assertRedirects(response, SENT)
        self.assertFalse(User.objects.get().is_active)
        self.assertEqual(login.status_code, 200)
        self.assertFalse(login.wsgi_request.user.is_authenticated)
        self.assertEqual(self.sent_emails(), [("ann@example.test", VERIFY)])

    def test_signing_up_with_a_taken_email_gets_the_same_page(self):
        make_user("owner", email="ann@example.test", email_verified_at="2026-01-01T00:00Z")

        response = self.post(REGISTER, sign_up_form("other", email="Ann@example.test"))

        self.assertRedirects(response, SENT)
        self.assertEqual(self.sent_emails(), [("ann@example.test", TAKEN)])

    def test_opening_the_link_signs_in_and_redirects_to_next(self):
        self.post(REGISTER, sign_up_form(email="ann@example.test", next="/showtimes/7/seats/?a=b&c=d"))

        response = self.client.get(self.last_link())

        self.assertRedirects(response, "/showtimes/7/seats/?a=b&c=d", fetch_redirect_response=False)
        self.assertEqual(response.wsgi_request.user.username, "ann")
