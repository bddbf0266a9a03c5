from contextlib import contextmanager
from unittest import mock

import redis
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.test import Client, RequestFactory, SimpleTestCase, TestCase

from moviebooking import redis_connection, views

NO_REDIS = redis.Redis(host="127.0.0.1", port=1, retry=None)


@contextmanager
def no_database():
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(refuse):
        yield


class HealthTests(TestCase):
    def test_healthz_queries_neither_database_nor_redis(self):
        with no_database(), mock.patch.object(redis_connection, "client", return_value=NO_REDIS):
            answer = self.client.get("/healthz")

        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "ok"}))

    def test_readyz_is_ok_when_database_and_redis_respond(self):
        answer = self.client.get("/readyz")

        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "ok", "down": []}))

    def test_readyz_names_an_unavailable_redis(self):
        with mock.patch.object(redis_connection, "client", return_value=NO_REDIS):
            answer = self.client.get("/readyz")

        self.assertEqual(
            (answer.status_code, answer.json()), (503, {"status": "unavailable", "down": ["redis"]})
        )

    def test_readyz_names_an_unavailable_database(self):
        with no_database():
            answer = self.client.get("/readyz")

        self.assertEqual(
            (answer.status_code, answer.json()), (503, {"status": "unavailable", "down": ["database"]})
        )

    def test_health_checks_refuse_other_methods(self):
        strict = Client(enforce_csrf_checks=True)
        for path in ("/healthz", "/readyz"):
            with self.subTest(path):
                self.assertEqual(strict.head(path).status_code, 200)
                self.assertEqual(
                    [method(path).status_code for method in (strict.post, strict.put, strict.delete)],
                    [405, 405, 405],
                )

    def test_health_checks_are_not_cached(self):
        for path in ("/healthz", "/readyz"):
            self.assertIn("no-store", self.client.get(path)["Cache-Control"])


class ErrorPageTests(TestCase):
    def test_an_unknown_url_is_404(self):
        answer = self.client.get("/no-such-page/")

        self.assertEqual((answer.status_code, answer.templates[0].name), (404, "404.html"))

    def test_each_error_has_its_own_page(self):
        request = RequestFactory().get("/")
        request.session, request.user = {}, None
        for view, status in (
            (lambda: views.bad_request(request, BadRequest()), 400),
            (lambda: views.forbidden(request, PermissionDenied()), 403),
            (lambda: views.csrf_failure(request), 403),
            (lambda: views.server_error(request), 500),
        ):
            with self.subTest(status=status):
                self.assertEqual(view().status_code, status)

    def test_a_post_without_the_csrf_token_is_403(self):
        answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "ann"})

        self.assertEqual((answer.status_code, answer.templates[0].name), (403, "403_csrf.html"))


class ServerErrorTests(SimpleTestCase):
    """No database may be asked here: SimpleTestCase refuses it."""

    def test_the_500_page_needs_no_database_or_session(self):
        answer = views.server_error(RequestFactory().get("/"))

        self.assertContains(answer, "Were you paying?", status_code=500)

    def test_the_500_page_works_without_collected_static_files(self):
        strict = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        with self.settings(STORAGES={"staticfiles": {"BACKEND": strict}}):
            answer = views.server_error(RequestFactory().get("/"))

        self.assertContains(answer, "Something went wrong", status_code=500)
