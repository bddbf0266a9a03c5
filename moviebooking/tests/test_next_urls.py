"""`next` leads to a page of this site or is ignored, wherever it is read."""

from django.test import RequestFactory, SimpleTestCase, TestCase

from moviebooking.http import LONGEST_NEXT, redirect_to_next, safe_next
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
    f"/{'x' * LONGEST_NEXT}",
    f"/{'€' * (LONGEST_NEXT // 8)}",
]


class SafeNextTests(SimpleTestCase):
    def test_next_may_be_a_page_of_this_site(self):
        for target in ("/movies/?q=x#top", "/movies/€/", "http://testserver/movies/"):
            with self.subTest(target):
                self.assertEqual(safe_next(RequestFactory().get("/", {"next": target})), target)

    def test_any_other_next_is_ignored(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                request = RequestFactory().post("/", {"next": target})
                self.assertEqual(safe_next(request, "/here/"), "/here/")
                self.assertEqual(redirect_to_next(request, "home").url, "/")

    def test_the_default_is_a_url_or_a_url_name(self):
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

    def test_choosing_a_city_redirects_to_a_safe_next_only(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                self.assert_leads(
                    self.client.post("/theaters/city/", {"city": self.city.slug, "next": target}), "/"
                )

    def test_choosing_a_language_redirects_to_a_safe_next_only(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                self.assert_leads(
                    self.client.post("/accounts/language/", {"language": "hi", "next": target}), "/"
                )

    def test_signing_up_redirects_to_a_safe_next_only(self):
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

    def test_signing_in_and_out_redirects_to_a_safe_next_only(self):
        for target in ANOTHER_PLACE:
            with self.subTest(target):
                form = {"username": "ann", "password": PASSWORD, "next": target}
                self.assert_leads(self.client.post("/accounts/login/", form), "/")
                self.assert_leads(self.client.get("/accounts/login/", {"next": target}), "/")
                self.assert_leads(self.client.post("/accounts/logout/", {"next": target}), "/")

    def test_signing_in_to_the_admin_redirects_to_a_safe_next_only(self):
        boss = make_user("boss", is_staff=True)
        for target, leads_to in [*((one, "/") for one in ANOTHER_PLACE), ("/admin/auth/", "/admin/auth/")]:
            with self.subTest(target):
                form = {"username": boss.username, "password": PASSWORD, "next": target}
                self.assert_leads(self.client.post("/admin/login/", form), leads_to)
                self.client.logout()

    def test_a_url_that_is_too_long_to_return_to_is_forgotten_at_the_login(self):
        """A web server in front refuses a response whose headers are longer than it expects."""
        for query in ("x" * LONGEST_NEXT, "€" * (LONGEST_NEXT // 10), "%" * (LONGEST_NEXT // 3)):
            with self.subTest(query[:1]):
                self.assert_leads(self.client.get(f"/bookings/?{query}"), "/accounts/login/")

        self.assert_leads(self.client.get("/bookings/?q=x"), "/accounts/login/?next=/bookings/%3Fq%3Dx")

    def test_the_login_page_does_not_redirect_to_itself(self):
        self.client.force_login(self.ann)

        self.assert_leads(self.client.get("/accounts/login/", {"next": "/accounts/login/"}), "/")
