import os
import re
import runpy
from decimal import Decimal
from unittest import mock

from decouple import Csv
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from moviebooking.environment import Environment
from moviebooking.tests.test_checks import PRODUCTION, run


def environment(**values):
    return mock.patch.dict(os.environ, values)


class ValueTests(SimpleTestCase):
    def setUp(self):
        self.config = Environment(search_path=settings.BASE_DIR)

    def refusal(self, value, cast):
        with environment(A_NAME=value), self.assertRaises(ImproperlyConfigured) as refused:
            self.config("A_NAME", cast=cast)
        return str(refused.exception)

    def test_the_value_and_the_default_are_cast(self):
        for value, cast, expected in [
            ("off", bool, False),
            ("7", int, 7),
            ("0.5", Decimal, Decimal("0.5")),
            ("a, b", Csv(), ["a", "b"]),
        ]:
            with self.subTest(value):
                self.assertEqual(self.config("NO_SUCH_NAME", default=value, cast=cast), expected)
                with environment(A_NAME=value):
                    self.assertEqual(self.config("A_NAME", cast=cast), expected)

    def test_an_empty_value_counts_as_unset(self):
        with environment(A_NAME=""):
            self.assertEqual(self.config("A_NAME", default=600, cast=int), 600)
            self.assertIs(self.config("A_NAME", default=True, cast=bool), True)
            self.assertEqual(self.config("A_NAME"), "")

    def test_an_empty_value_counts_if_it_may_be_empty(self):
        with environment(A_NAME=""):
            self.assertEqual(self.config("A_NAME", default="120:100", may_be_empty=True), "")

    def test_an_invalid_value_is_reported_by_its_name(self):
        self.assertEqual(self.refusal("ten", int), "A_NAME is “ten”, not a whole number.")
        self.assertEqual(self.refusal("5%", Decimal), "A_NAME is “5%”, not a number.")
        self.assertEqual(self.refusal("maybe", bool), "A_NAME is “maybe”, not True or False.")


class ProcessTests(SimpleTestCase):
    def last_words(self, **values):
        """Return the last line printed by a process that refuses to start, without the exception's name."""
        done = run("manage.py", "check", **{**PRODUCTION, **values})
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("secret", done.stderr)
        return done.stderr.splitlines()[-1].partition("ImproperlyConfigured: ")[2]

    def test_a_process_that_does_not_start_names_the_setting(self):
        self.assertEqual(
            self.last_words(SEAT_HOLD_SECONDS="abc"), "SEAT_HOLD_SECONDS is “abc”, not a whole number."
        )

    def test_a_url_that_may_contain_a_password_is_not_printed(self):
        self.assertRegex(
            self.last_words(DATABASE_URL="mongo://ann:secret@db/x"),
            "^DATABASE_URL: Scheme 'mongo://' is unknown",
        )


class ExampleTests(SimpleTestCase):
    def setUp(self):
        self.example = (settings.BASE_DIR / ".env.example").read_text()

    def test_env_example_lists_every_name_that_is_read(self):
        read = set()
        for file in ("moviebooking/settings.py", "gunicorn.conf.py"):
            code = (settings.BASE_DIR / file).read_text()
            read |= set(re.findall(r"(?:config|read)\(\s*[\"']([A-Z_]+)[\"']", code))

        named = set(re.findall(r"^#?([A-Z_]+)=", self.example, re.MULTILINE))

        self.assertEqual(named, read)

    def test_every_line_of_env_example_is_valid(self):
        lines = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", self.example, re.MULTILINE))

        done = run("manage.py", "check", **lines)

        self.assertEqual(
            (done.stdout, done.stderr, done.returncode),
            ("System check identified no issues (0 silenced).\n", "", 0),
        )


class GunicornConfigurationTests(SimpleTestCase):
    def workers(self, **values):
        with environment(**values):
            return runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["workers"]

    def test_web_concurrency_sets_the_number_of_workers_but_at_least_one(self):
        for asked, found in [("3", 3), ("1", 1), ("0", 1), ("-2", 1), ("", os.cpu_count())]:
            with self.subTest(asked):
                self.assertEqual(self.workers(WEB_CONCURRENCY=asked, REDIS_URL="redis://redis/0"), found)

    def test_without_redis_there_is_one_worker(self):
        self.assertEqual(self.workers(WEB_CONCURRENCY="2", REDIS_URL=""), 1)
