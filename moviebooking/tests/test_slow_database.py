"""PostgreSQL answers slowly or not at all. Only PostgreSQL has limits for that."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from unittest import mock

import psycopg
from django.contrib import admin
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, TransactionTestCase, tag

from moviebooking import database_limits, row_locks
from moviebooking.postgres import base, silence
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


@tag("serial")
@on_postgresql
class UnansweredStatementTests(TransactionTestCase):
    def setUp(self):
        hasty = replace(database_limits.REQUEST, total=0.2)
        self.enterContext(mock.patch.object(database_limits, "REQUEST", hasty))
        self.addCleanup(connection.close)
        self.addCleanup(base.silence.ends)

    def patience_after_a_slow_statement(self):
        with database_limits.request_limits(), connection.cursor() as cursor:
            self.assertRaises(OperationalError, cursor.execute, "SELECT pg_sleep(2)")
        return base.silence.patience(3)

    def test_a_server_that_ends_the_statement_is_not_silent(self):
        self.assertEqual(self.patience_after_a_slow_statement(), 3)

    def test_a_server_that_does_not_end_the_statement_is_silent_until_it_answers(self):
        with mock.patch.object(base.Connection, "cancel_safe"):  # PgBouncer accepts it, and nothing happens
            self.assertEqual(self.patience_after_a_slow_statement(), silence.SHORT_SECONDS)

        connection.close()
        connection.cursor().execute("SELECT 1")

        self.assertEqual(base.silence.patience(3), 3)


class SilenceTests(SimpleTestCase):
    def setUp(self):
        self.now = 100.0
        self.enterContext(mock.patch.object(silence, "monotonic", lambda: self.now))
        self.silence = silence.Silence()

    def elsewhere(self):
        """Return how patient another thread may be."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self.silence.patience, 3).result()

    def test_nobody_waits_for_a_silent_server(self):
        self.silence.begins()

        self.assertEqual((self.silence.patience(3), self.elsewhere()), (silence.SHORT_SECONDS,) * 2)
        self.assertRaises(psycopg.OperationalError, self.silence.refuse)

    def test_after_a_while_one_thread_tries_again_for_all(self):
        self.silence.begins()
        self.now += silence.LASTS_SECONDS

        self.silence.refuse()
        self.assertEqual((self.silence.patience(3), self.elsewhere()), (3, silence.SHORT_SECONDS))

    def test_everybody_waits_again_once_the_server_has_answered(self):
        self.silence.begins()
        self.silence.ends()

        self.silence.refuse()
        self.assertEqual((self.silence.patience(3), self.elsewhere()), (3, 3))
