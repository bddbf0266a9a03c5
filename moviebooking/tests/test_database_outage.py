from unittest import mock

from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, SimpleTestCase, TestCase, override_settings

from moviebooking.testing import JSON, make_city

GONE = OperationalError("gone")
LOCKED = OperationalError("database is locked")


def database_raises(error):
    return mock.patch.object(BaseDatabaseWrapper, "cursor", side_effect=error)


class OutageTests(TestCase):
    def test_an_unavailable_database_is_a_503_page(self):
        with database_raises(GONE), self.assertLogs("moviebooking.database_outage", "ERROR"):
            response = self.client.get("/theaters/")

        self.assertContains(response, "isn’t responding", status_code=503)
        self.assertEqual(response["Retry-After"], "30")

    def test_an_unavailable_database_is_named_in_json(self):
        with database_raises(GONE), self.assertLogs("moviebooking.database_outage", "ERROR"):
            response = self.client.get("/showtimes/7/seats.json", headers=JSON)

        self.assertEqual((response.status_code, response.json()), (503, {"error": "unavailable"}))

    def test_a_closed_connection_is_a_503_too(self):
        with (
            database_raises(InterfaceError("closed")),
            self.assertLogs("moviebooking.database_outage", "ERROR"),
        ):
            self.assertEqual(self.client.get("/theaters/").status_code, 503)

    def test_a_programming_error_is_a_500(self):
        self.client.raise_request_exception = False

        with database_raises(ProgrammingError("no such column")):
            response = self.client.get("/theaters/")

        self.assertContains(response, "Something went wrong", status_code=500)

    def test_an_outage_while_saving_the_session_is_a_503_too(self):
        """The session is saved after the view, by its middleware."""
        self.client.raise_request_exception = False
        city = make_city()
        save = f"{settings.SESSION_ENGINE}.SessionStore.save"

        with mock.patch(save, side_effect=GONE), self.assertLogs("moviebooking.database_outage", "ERROR"):
            response = self.client.post("/theaters/city/", {"city": city.slug})

        self.assertContains(response, "isn’t responding", status_code=503)
        self.assertEqual(response["Retry-After"], "30")


class BusyTests(TestCase):
    """SQLite says so in words, PostgreSQL by its codes (bookings/tests/test_locked_rows.py)."""

    def test_a_locked_database_is_a_503_busy_with_retry_after(self):
        with database_raises(LOCKED), self.assertLogs("moviebooking.database_outage", "WARNING"):
            page, answer = self.client.get("/theaters/"), self.client.get("/theaters/", headers=JSON)

        self.assertContains(page, "Too busy right now", status_code=503)
        self.assertEqual((answer.status_code, answer.json()), (503, {"error": "busy"}))
        self.assertEqual((page["Retry-After"], answer["Retry-After"]), ("2", "2"))

    @override_settings(DEBUG=True)
    def test_a_locked_database_is_a_503_with_debug_on_too(self):
        with database_raises(LOCKED), self.assertLogs("moviebooking.database_outage", "WARNING"):
            self.assertEqual(self.client.get("/theaters/").status_code, 503)


class WithoutDatabaseTests(SimpleTestCase):
    """Errors that come before any view are answered without the database. A query here fails the test."""

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32  # somebody who was signed in

    def statuses(self, *paths, method="get", **kwargs):
        return [getattr(self.client, method)(path, **kwargs).status_code for path in paths]

    def test_unknown_urls_are_404_without_a_query(self):
        paths = ("/nothing/", "/nothing/here", "/static/nothing.css", "/media/nothing.png", "/admin.php")

        self.assertEqual(self.statuses(*paths), [404] * len(paths))

    def test_a_wrong_method_is_405_without_a_query(self):
        page = self.client.get("/showtimes/7/hold/")

        self.assertContains(page, "This page can’t be opened directly", status_code=405)
        self.assertEqual(self.statuses("/healthz", "/readyz", method="post"), [405, 405])
        self.assertEqual(self.statuses("/showtimes/7/hold/", "/theaters/city/", headers=JSON), [405, 405])

    def test_a_missing_csrf_token_is_403_without_a_query(self):
        page = self.client.post("/accounts/login/", {"username": "ann"})

        self.assertContains(page, "This page has expired", status_code=403)

    @override_settings(ALLOWED_HOSTS=["cinema.example"])
    def test_a_foreign_host_is_400_without_a_query(self):
        self.assertEqual(self.statuses("/", "/nothing", headers={"Host": "other.example"}), [400, 400])

    def test_a_missing_slash_redirects_without_a_query(self):
        response = self.client.get("/movies?q=x")

        self.assertEqual((response.status_code, response["Location"]), (301, "/movies/?q=x"))

    def test_healthz_and_robots_txt_work_without_a_query(self):
        paths = ("/healthz", "/robots.txt")

        self.assertEqual(self.statuses(*paths), [200] * len(paths))
