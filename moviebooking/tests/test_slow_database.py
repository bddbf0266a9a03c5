"""PostgreSQL answers every statement in time, but each of them slowly. Only PostgreSQL has such limits."""

from dataclasses import replace
from unittest import mock

from django.contrib import admin
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory, TransactionTestCase, tag

from moviebooking import database_limits, row_locks
from moviebooking.row_locks import RowBusy
from moviebooking.testing import make_city
from theaters.models import City

from .support.locked_rows import locked, on_postgresql

SLOW = "SELECT pg_sleep(0.3)"  # longer than the client waits for a statement once the total is used up


def slow_statements(*, most=4):
    """Run slow statements until one is refused. Return how many were answered."""
    for answered in range(most):
        try:
            with connection.cursor() as cursor:
                cursor.execute(SLOW)
        except OperationalError:
            return answered
    return most


def slowly(execute, sql, params, many, context):
    with context["connection"].wrap_database_errors:
        context["connection"].connection.execute(SLOW)
    return execute(sql, params, many, context)


@tag("serial")
@on_postgresql
class SlowDatabaseTests(TransactionTestCase):
    def setUp(self):
        hasty = replace(database_limits.REQUEST, total=0.2)
        self.enterContext(mock.patch.object(database_limits, "REQUEST", hasty))
        self.addCleanup(connection.close)

    def test_a_request_is_refused_once_its_statements_have_taken_too_long_together(self):
        with database_limits.request_limits():
            self.assertEqual(slow_statements(), 1)

    def test_no_new_connection_is_tried_for_a_request_that_is_out_of_time(self):
        with database_limits.request_limits():
            slow_statements()
            connection.close()

            self.assertRaises(OperationalError, connection.ensure_connection)

    def test_the_next_request_has_the_whole_time_again(self):
        for _ in range(2):
            with database_limits.request_limits():
                self.assertEqual(slow_statements(), 1)
            connection.close()

    def test_commands_and_staff_pages_may_run_many_statements(self):
        staff_page = admin.site.admin_view(lambda request: HttpResponse(slow_statements()))
        request = RequestFactory().get("/admin/")
        request.user = mock.Mock(is_active=True, is_staff=True)

        with database_limits.request_limits():
            self.assertEqual(staff_page(request).content, b"4")

        self.assertEqual(slow_statements(), 4)

    def test_waiting_for_a_locked_row_does_not_count(self):
        city = make_city()

        with locked(city), self.assertRaises(RowBusy), database_limits.request_limits(), transaction.atomic():
            row_locks.lock(City.objects, city.pk)

    def test_a_page_of_many_statements_answers_503(self):
        with connection.execute_wrapper(slowly), self.assertLogs("moviebooking.database_outage", "ERROR"):
            response = self.client.get("/movies/")

        self.assertContains(response, "isn’t responding", status_code=503)
        self.assertEqual(response["Retry-After"], "30")
