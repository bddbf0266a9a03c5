"""Headers and cookies of responses."""

from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, TestCase
from django.urls import get_resolver, reverse
from django_permissions_policy import PermissionsPolicyMiddleware

from bookings import tickets
from bookings.tests.support.steps import BookingTestCase, buy
from moviebooking.http import allows
from moviebooking.testing import make_showtime, make_user
from moviebooking.tests.test_checks import run
from moviebooking.views import server_error

LOGIN = "/accounts/login/"


def named_urls(resolver=None, namespace=""):
    """Yield (name, converters) of every named URL of the site's own apps."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            if pattern.app_name != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from named_urls(pattern, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}", set(pattern.pattern.converters)


class PersonalPageTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.showtime = make_user("ann"), make_showtime()
        cls.booking = buy(cls.ann, cls.showtime, ["A1", "A2"])
        ticket = cls.booking.tickets.get(seat="A1")
        tickets.share(ticket)
        cls.values = {
            "pk": cls.showtime.pk,
            "reference": cls.booking.reference,
            "seat": "A2",
            "link_code": ticket.link_code,
            "slug": cls.showtime.movie.slug,
            "uidb64": "MQ",
            "token": "set-password",
        }

    def address(self, name, converters):
        return reverse(name, kwargs={key: self.values[key] for key in converters})

    def test_no_page_that_needs_a_login_is_cached(self):
        addresses = {
            name: self.address(name, converters)
            for name, converters in named_urls()
            if converters <= set(self.values)
        }
        personal = {
            name: address
            for name, address in addresses.items()
            if self.client.get(address).get("Location", "").startswith(LOGIN)
        }
        self.client.force_login(self.ann)

        self.assertLess(
            {"bookings:list", "bookings:detail", "bookings:pay", "accounts:profile"}, set(personal)
        )
        for name, address in personal.items():
            with self.subTest(name):
                self.assert_kept_nowhere(self.client.get(address))

    def test_the_seat_map_and_shared_tickets_are_not_cached(self):
        for name in ("bookings:seat_map", "bookings:handed_over"):
            address = self.address(name, {"pk"} if "map" in name else {"link_code"})
            for user in (None, self.ann):
                with self.subTest(name, user=user):
                    self.client.force_login(user) if user else self.client.logout()
                    self.assert_kept_nowhere(self.client.get(address))

    def test_a_refusal_that_shows_a_booking_is_not_cached(self):
        self.client.force_login(self.ann)
        review = reverse("bookings:create_booking", args=[self.showtime.pk])

        self.assert_kept_nowhere(self.client.post(review, {"seat_ids": ["A1", "A2"]}))

    def test_error_pages_are_not_cached(self):
        self.client.force_login(self.ann)

        for address in ("/nowhere/", "/bookings/NOSUCH/"):
            self.assert_kept_nowhere(self.client.get(address))
        self.assertEqual(server_error(None)["Cache-Control"], "no-store")

    def assert_kept_nowhere(self, response):
        said = {part.strip() for part in response.get("Cache-Control", "").split(",")}
        self.assertLessEqual({"private", "no-store"}, said, response.status_code)


class PermissionsPolicyTests(TestCase):
    def policy(self, response):
        return dict(rule.split("=") for rule in response["Permissions-Policy"].split(", "))

    def test_no_page_may_use_the_camera_or_the_location(self):
        for path in ("/", LOGIN, "/nowhere/", "/healthz", "/static/icons/favicon.ico", "/admin/login/"):
            with self.subTest(path):
                policy = self.policy(self.client.get(path))

                self.assertEqual((policy["camera"], policy["geolocation"], policy["microphone"]), ("()",) * 3)

    def test_the_list_of_cinemas_may_use_the_location(self):
        policy = self.policy(self.client.get("/theaters/"))

        self.assertEqual((policy["geolocation"], policy["camera"]), ("(self)", "()"))

    def test_a_page_may_be_allowed_a_feature_that_others_are_not(self):
        page = allows("camera")(lambda request: HttpResponse())

        policy = self.policy(PermissionsPolicyMiddleware(page)(RequestFactory().get("/")))

        self.assertEqual((policy["camera"], policy["geolocation"]), ("(self)", "()"))


COOKIES = """
from moviebooking import settings
for kind in ("SESSION", "CSRF", "LANGUAGE"):
    attributes = ("NAME", "SECURE", "PATH", "DOMAIN")
    print(*(getattr(settings, f"{kind}_COOKIE_{attribute}", "default") for attribute in attributes))
"""


class CookieTests(SimpleTestCase):
    """Browsers take a name that begins with __Host- only together with Secure, the path / and no domain."""

    def cookies(self, **values):
        """Return each cookie's name, and whether it is Secure, as a process with this environment has it."""
        done = run("-c", COOKIES, DEBUG="True", **values)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        return done.stdout.splitlines()

    def test_cookies_have_host_prefixes_under_https(self):
        self.assertEqual(
            self.cookies(HTTPS_ONLY="True"),
            [
                "__Host-sessionid True default default",
                "__Host-csrftoken True default default",
                "__Host-django_language True default default",
            ],
        )

    def test_cookies_have_no_host_prefixes_without_https(self):
        self.assertEqual(
            self.cookies(HTTPS_ONLY="False"),
            [
                "default default default default",
                "default default default default",
                "default False default default",
            ],
        )
