from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.tests.support.people import LOGIN, PROFILE, login_form
from moviebooking.testing import PASSWORD, make_user

LOGOUT = reverse("accounts:logout")
WRONG = "Wrong username or password. Check Caps Lock."


class CountingHasher(MD5PasswordHasher):
    made = []

    def encode(self, password, salt):
        self.made.append(salt)
        return super().encode(password, salt)


class LoginTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann", email="Ann@example.test", email_verified_at=timezone.now())

    def test_signing_in_redirects_to_home_or_next(self):
        home = self.client.post(LOGIN, login_form())
        self.client.logout()
        seats = self.client.post(LOGIN, login_form(next="/showtimes/7/seats/"))

        self.assertRedirects(home, reverse("home"), fetch_redirect_response=False)
        self.assertRedirects(seats, "/showtimes/7/seats/", fetch_redirect_response=False)

    def test_signing_in_never_redirects_to_another_site(self):
        response = self.client.post(LOGIN, login_form(next="https://evil.test/"))

        self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)

    def test_a_verified_email_works_in_place_of_the_username(self):
        self.client.post(LOGIN, login_form("ANN@example.test"))

        self.assertEqual(self.client.get(PROFILE).context["user"], self.ann)

    def test_an_unverified_email_does_not_sign_in(self):
        make_user("bob", email="bob@example.test")
        make_user("cat", email="", unverified_email="taken@example.test")

        for address in ("bob@example.test", "taken@example.test"):
            response = self.client.post(LOGIN, login_form(address))
            self.assertEqual(response.context["form"].errors, {"__all__": [WRONG]})

    def test_if_a_username_is_anothers_email_the_password_decides(self):
        other = make_user("ann@example.test", email="other@example.test", password="Another-Pass-7")

        for password, meant in (("Another-Pass-7", other), (PASSWORD, self.ann)):
            self.client.post(LOGIN, login_form("ann@example.test", password))
            self.assertEqual(self.client.get(PROFILE).context["user"], meant)
            self.client.logout()

    def test_a_username_like_an_email_takes_as_many_hashes_with_an_owner_as_without(self):
        make_user("ann@example.test", email="other@example.test")
        make_user("nobodys@example.test", email="")

        counts = []
        for username in ("ann@example.test", "nobodys@example.test"):
            CountingHasher.made.clear()
            with override_settings(PASSWORD_HASHERS=["accounts.tests.test_login.CountingHasher"]):
                self.client.post(LOGIN, login_form(username, "wrong"))
            counts.append(len(CountingHasher.made))

        self.assertEqual(counts, [2, 2])

    def test_a_wrong_login_gets_the_same_response_with_and_without_an_account(self):
        make_user("shut", is_active=False)

        for username, password in (
            ("ann", "wrong"),
            ("nobody", "wrong"),
            ("shut", PASSWORD),
            ("Ann@example.test", "wrong"),
            ("nobody@example.test", "wrong"),
        ):
            with self.subTest(username):
                response = self.client.post(LOGIN, login_form(username, password))
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response.context["form"].errors, {"__all__": [WRONG]})

    def test_the_form_keeps_the_username_but_not_the_password(self):
        response = self.client.post(LOGIN, login_form("ann", "wrong-word", next="/movies/"))

        self.assertContains(response, 'value="ann"')
        self.assertContains(response, '<input type="hidden" name="next" value="/movies/">', html=True)
        self.assertNotContains(response, "wrong-word")

    def test_a_signed_in_visitor_is_redirected_from_the_login(self):
        self.client.force_login(self.ann)

        response = self.client.get(LOGIN, {"next": PROFILE})

        self.assertRedirects(response, PROFILE, fetch_redirect_response=False)

    def test_the_login_page_offers_the_verification_link_again_if_it_is_required(self):
        again = reverse("accounts:resend_activation")

        self.assertNotContains(self.client.get(LOGIN), again)
        with override_settings(REQUIRE_EMAIL_VERIFICATION=True):
            self.assertContains(self.client.get(LOGIN), again)

    def test_signing_in_takes_a_fixed_number_of_queries(self):
        with self.assertNumQueries(11):
            self.client.post(LOGIN, login_form())

    def test_a_session_of_the_lockout_backend_works(self):
        self.client.force_login(self.ann, backend=settings.AUTHENTICATION_BACKENDS[0])

        self.assertEqual(self.client.get(PROFILE).context["user"], self.ann)


class LogoutTests(TestCase):
    def test_signing_out_requires_post(self):
        self.client.force_login(make_user())

        for method in (self.client.get, self.client.put, self.client.delete):
            self.assertEqual(method(LOGOUT).status_code, 405)
        self.assertEqual(self.client.get(PROFILE).status_code, 200)

    def test_signing_out_ends_the_session_and_redirects_home(self):
        self.client.force_login(make_user())

        response = self.client.post(LOGOUT)

        self.assertRedirects(response, reverse("home"), fetch_redirect_response=False)
        self.assertRedirects(self.client.get(PROFILE), f"{LOGIN}?next={PROFILE}")
        self.assertEqual(response["Clear-Site-Data"], '"cache", "storage"')


class LanguageTests(TestCase):
    def switch(self, language):
        return self.client.post("/accounts/language/", {"language": language, "next": "/movies/"})

    def test_choosing_a_language_changes_the_site_and_is_stored_in_the_account(self):
        user = make_user()
        self.client.force_login(user)

        self.assertRedirects(self.switch("hi"), "/movies/", fetch_redirect_response=False)

        user.refresh_from_db()
        self.assertEqual(user.language, "hi")
        self.assertContains(self.client.get("/movies/"), '<html lang="hi">')
        self.switch("en")
        self.assertContains(self.client.get("/movies/"), '<html lang="en">')

    def test_a_language_chosen_before_signing_in_is_stored_in_the_account(self):
        user = make_user("ann", language="en")
        self.switch("hi")

        self.client.post(LOGIN, login_form("ann"))

        user.refresh_from_db()
        self.assertEqual(user.language, "hi")

    def test_without_a_choice_the_language_of_the_account_is_used(self):
        make_user("ann", language="hi")

        response = self.client.post(LOGIN, login_form("ann"))

        self.assertEqual(response.cookies["django_language"].value, "hi")

    def test_an_account_without_a_language_takes_that_of_the_browser(self):
        user = make_user("ann")

        self.client.post(LOGIN, login_form("ann"), headers={"accept-language": "hi"})

        user.refresh_from_db()
        self.assertEqual(user.language, "hi")

    def test_choosing_an_unknown_language_changes_nothing(self):
        user = make_user()
        self.client.force_login(user)

        self.switch("xx")

        user.refresh_from_db()
        self.assertEqual(user.language, "")

    def test_choosing_a_language_never_redirects_to_another_site(self):
        response = self.client.post("/accounts/language/", {"language": "hi", "next": "https://evil.test/"})

        self.assertEqual(response["Location"], "/")
