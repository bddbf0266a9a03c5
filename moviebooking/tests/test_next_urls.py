"""`next` leads to a page of this site or is ignored, wherever it is read."""

from django.test import RequestFactory, SimpleTestCase, TestCase
from django.utils.http import MAX_URL_REDIRECT_LENGTH

from moviebooking.http import redirect_to_next, safe_next
from moviebooking.testing import PASSWORD, make_city, make_user

ANOTHER_PLACE = [
    "movies",  # a bare word: not a URL's name, and no address that is the same on every page
    "home",
    "accounts:profile",
    "?q=x",
    "../movies/",
    "//evil.test/",
    "https://evil.test/",
    "http:///evil.test/",
    "http://testserver@evil.test/",
    "/\\evil.test/",
    "javascript:alert(1)",
    "http://[::1",
    "\x00/movies/",
    f"/{'x' * MAX_URL_REDIRECT_LENGTH}",
    f"/{'€' * (MAX_URL_REDIRECT_LENGTH // 2)}",
]


class SafeNextTests(SimpleTestCase):
    def test_a_page_of_this_site_is_led_to(self):
        for target in ("/movies/?q=x#top", "/movies/€/", "http://testserver/movies/"):
            with self.subTest(target):
                self.assertEqual(safe_next(RequestFactory().get("/", {"next": target})), target)

    def test_anything_else_is_ignored(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                request = RequestFactory().post("/", {"next": target})
                self.assertEqual(safe_next(request, "/here/"), "/here/")
                self.assertEqual(redirect_to_next(request, "home").url, "/")

    def test_the_default_is_an_address_or_a_name(self):
        request = RequestFactory().get("/")

        self.assertEqual(redirect_to_next(request, "movies:list").url, "/movies/")
        self.assertEqual(redirect_to_next(request, "/movies/").url, "/movies/")


class EveryPageWithNextTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann")
        cls.city = make_city("Mumbai")

    def assert_leads(self, response, path):
        self.assertEqual((response.status_code, response.get("Location")), (302, path))

    def test_choosing_a_city(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                self.assert_leads(
                    self.client.post("/theaters/city/", {"city": self.city.slug, "next": target}), "/"
                )

    def test_choosing_a_language(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                self.assert_leads(
                    self.client.post("/accounts/language/", {"language": "hi", "next": target}), "/"
                )

    def test_signing_up_and_the_sign_up_page_of_whoever_is_signed_in(self):
        for number, target in enumerate(ANOTHER_PLACE):
            with self.subTest(target):
                form = {
                    "username": f"new{number}",
                    "password1": PASSWORD,
                    "password2": PASSWORD,
                    "next": target,
                }
                self.assert_leads(self.client.post("/accounts/register/", form), "/")
                self.assert_leads(self.client.get("/accounts/register/", {"next": target}), "/")
                self.client.logout()

    def test_signing_in_and_out(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                form = {"username": "ann", "password": PASSWORD, "next": target}
                self.assert_leads(self.client.post("/accounts/login/", form), "/")
                self.assert_leads(self.client.get("/accounts/login/", {"next": target}), "/")
                self.assert_leads(self.client.post("/accounts/logout/", {"next": target}), "/")

    def test_the_sign_in_page_does_not_lead_to_itself_for_ever(self):
        self.client.force_login(self.ann)

        self.assert_leads(self.client.get("/accounts/login/", {"next": "/accounts/login/"}), "/")
