from unittest import mock

from django.db import OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TestCase

from moviebooking.testing import JSON


def database_raises(error):
    return mock.patch.object(BaseDatabaseWrapper, "cursor", side_effect=error)


class OutageTests(TestCase):
    def test_a_database_that_is_away_is_a_page_that_says_so(self):
        with database_raises(OperationalError("gone")), self.assertLogs("moviebooking.outage", "ERROR"):
            response = self.client.get("/theaters/")

        self.assertContains(response, "does not answer just now", status_code=503)
        self.assertEqual(response["Retry-After"], "30")

    def test_json_has_its_name(self):
        with database_raises(OperationalError("gone")), self.assertLogs("moviebooking.outage", "ERROR"):
            response = self.client.get("/showtimes/7/seats.json", headers=JSON)

        self.assertEqual((response.status_code, response.json()), (503, {"error": "unavailable"}))

    def test_a_bug_stays_a_bug(self):
        self.client.raise_request_exception = False

        with database_raises(ProgrammingError("no such column")):
            response = self.client.get("/theaters/")

        self.assertContains(response, "Something broke on our side", status_code=500)
