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
    """A password validator, the last thing the form asks, by which time somebody else has the username."""

    def validate(self, password, user=None):
        make_user("Ann")


class RegisterTests(EmailMixin, TestCase):
    def test_a_visitor_is_signed_in_and_goes_home(self):
        response = self.post(REGISTER, sign_up_form())

        self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)
        self.assertEqual(self.client.get(PROFILE).context["user"].username, "ann")
        self.assertEqual(self.mails(), [])

    def test_the_session_is_checked_by_djangos_own_backend(self):
        self.post(REGISTER, sign_up_form())

        self.assertEqual(
            self.client.session["_auth_user_backend"], "django.contrib.auth.backends.ModelBackend"
        )

    def test_it_goes_on_to_next(self):
        response = self.post(REGISTER, sign_up_form(next="/showtimes/7/seats/"))

        self.assertRedirects(response, "/showtimes/7/seats/", fetch_redirect_response=False)

    def test_next_never_leaves_the_site(self):
        for number, target in enumerate(
            ["https://evil.test/", "//evil.test", "javascript:alert(1)", "\\\\evil"]
        ):
            with self.subTest(target):
                self.client.logout()
                response = self.post(REGISTER, sign_up_form(f"ann{number}", next=target))
                self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)

    def test_the_way_to_signing_in_keeps_next_and_back(self):
        for page, other in ((REGISTER, LOGIN), (LOGIN, REGISTER)):
            response = self.client.get(page, {"next": "/showtimes/7/seats/"})
            self.assertContains(response, f'href="{other}?next=/showtimes/7/seats/"')
            self.assertContains(
                response, '<input type="hidden" name="next" value="/showtimes/7/seats/">', html=True
            )

    def test_whoever_is_signed_in_already_goes_on(self):
        self.client.force_login(make_user("bob"))

        response = self.client.get(REGISTER, {"next": PROFILE})

        self.assertRedirects(response, PROFILE, fetch_redirect_response=False)

    def test_bad_input_is_shown_again_with_what_was_typed(self):
        response = self.post(REGISTER, sign_up_form("ann lee", email="ann@", password2="other"))

        self.assertEqual(response.status_code, 200)
        self.assertEqual(sorted(response.context["form"].errors), ["email", "password2", "username"])
        self.assertContains(response, 'value="ann lee"')
        self.assertContains(response, 'value="ann@"')
        self.assertNotContains(response, PASSWORD)
        self.assertEqual(User.objects.count(), 0)

    def test_a_weak_password_or_one_like_the_address_is_refused(self):
        for password, email in (
            ("password", ""),
            ("12345678", ""),
            ("annlee-cinema", "annlee-cinema@x.test"),
        ):
            with self.subTest(password):
                form = sign_up_form(email=email, password1=password, password2=password)
                self.assertEqual(list(self.post(REGISTER, form).context["form"].errors), ["password2"])

    def test_odd_bytes_are_a_form_error(self):
        for username in ("a\x00b", "x" * 151, "  ", ""):
            with self.subTest(repr(username)):
                self.assertEqual(
                    list(self.post(REGISTER, sign_up_form(username)).context["form"].errors), ["username"]
                )

    def test_a_taken_username_is_said_whatever_its_case(self):
        make_user("Ann")

        response = self.post(REGISTER, sign_up_form("ann"))

        self.assertFormError(response.context["form"], "username", "That username is taken.")

    @override_settings(AUTH_PASSWORD_VALIDATORS=[{"NAME": f"{__name__}.RivalWhoIsQuicker"}])
    def test_a_username_taken_this_very_moment_is_said_too(self):
        response = self.post(REGISTER, sign_up_form("ann"))

        self.assertFormError(response.context["form"], "username", "That username is taken.")
        self.assertEqual(User.objects.get().username, "Ann")

    def test_other_methods_are_refused(self):
        self.assertEqual(self.client.put(REGISTER).status_code, 405)

    def test_a_form_without_its_token_is_refused(self):
        client = self.client_class(enforce_csrf_checks=True)

        self.assertEqual(client.post(REGISTER, sign_up_form()).status_code, 403)
        self.assertEqual(User.objects.count(), 0)

    def test_it_costs_so_many_queries(self):
        make_user("bob")
        with self.assertNumQueries(20):
            self.post(REGISTER, sign_up_form(email="ann@example.test"))


class AddressAtSignUpTests(EmailMixin, TestCase):
    def test_the_address_is_kept_and_a_link_goes_to_it(self):
        self.post(REGISTER, sign_up_form(email="Ann@Example.TEST"))

        ann = User.objects.get(username="ann")
        self.assertEqual((ann.email, ann.email_verified_at), ("Ann@example.test", None))
        self.assertEqual(self.mails(), [("Ann@example.test", VERIFY)])

    def test_a_taken_address_gets_the_same_answer_and_its_owner_the_mail(self):
        make_user("owner", email="ann@example.test", email_verified_at="2026-01-01T00:00Z")
        free = self.post(REGISTER, sign_up_form("first", email="new@example.test"), follow=True)
        self.client.logout()

        taken = self.post(REGISTER, sign_up_form("other", email="ANN@example.test"), follow=True)

        self.assertEqual(taken.redirect_chain, free.redirect_chain)
        self.assertEqual(
            str(*taken.context["messages"]).replace("ANN@", "new@"), str(*free.context["messages"])
        )
        self.assertEqual(self.mails(), [("new@example.test", VERIFY), ("ann@example.test", TAKEN)])
        self.assertEqual(User.objects.with_email("ann@example.test").get().username, "owner")

    def test_the_profile_looks_the_same_with_a_taken_address_as_with_a_free_one(self):
        make_user("owner", email="ann@example.test", email_verified_at="2026-01-01T00:00Z")

        taken = self.profile_after_sign_up("other-visitor", "ann@example.test")
        free = self.profile_after_sign_up("first-visitor", "new@example.test")

        self.assertIn("ADDRESS", taken)
        self.assertHTMLEqual(taken, free)

    def profile_after_sign_up(self, username, email):
        """The page's main part, but for the name, the address and the CSRF tokens."""
        self.client.logout()
        self.post(REGISTER, sign_up_form(username, email=email))
        page = self.client.get(PROFILE).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        main = main.replace(username, "NAME").replace(email, "ADDRESS")
        return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", main)

    def test_an_address_taken_this_very_moment_waits(self):
        user = User(username="other")
        email_addresses.claim(user, "Ann@example.test")
        make_user("rival", email="ann@example.test")

        email_addresses.save_claim(user)

        user.refresh_from_db()
        self.assertEqual((user.email, user.unverified_email), ("", "Ann@example.test"))


@override_settings(REQUIRE_EMAIL_VERIFICATION=True)
class MandatoryVerificationTests(EmailMixin, TestCase):
    def test_the_address_is_required(self):
        response = self.post(REGISTER, sign_up_form())

        self.assertFormError(response.context["form"], "email", "This field is required.")

    def test_the_account_stays_shut_until_its_link_is_opened(self):
        response = self.post(REGISTER, sign_up_form(email="ann@example.test"))
        login = self.post(LOGIN, {"username": "ann", "password": PASSWORD})

        self.assertRedirects(response, SENT)
        self.assertFalse(User.objects.get().is_active)
        self.assertEqual(login.status_code, 200)
        self.assertFalse(login.wsgi_request.user.is_authenticated)
        self.assertEqual(self.mails(), [("ann@example.test", VERIFY)])

    def test_a_taken_address_gets_the_same_page(self):
        make_user("owner", email="ann@example.test", email_verified_at="2026-01-01T00:00Z")

        response = self.post(REGISTER, sign_up_form("other", email="Ann@example.test"))

        self.assertRedirects(response, SENT)
        self.assertEqual(self.mails(), [("ann@example.test", TAKEN)])

    def test_opening_the_link_signs_in_and_goes_on_to_next(self):
        self.post(REGISTER, sign_up_form(email="ann@example.test", next="/showtimes/7/seats/?a=b&c=d"))

        response = self.client.get(self.last_link())

        self.assertRedirects(response, "/showtimes/7/seats/?a=b&c=d", fetch_redirect_response=False)
        self.assertEqual(response.wsgi_request.user.username, "ann")
