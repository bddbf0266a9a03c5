"""How a request finds out, without asking, whether its PostgreSQL connection still works."""

from unittest.mock import patch

from django.db import connection
from django.test import TransactionTestCase

from .support.locked_rows import on_postgresql


@on_postgresql
class ConnectionHealthTests(TransactionTestCase):
    def setUp(self):
        connection.ensure_connection()
        self.addCleanup(connection.close)

    def process(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    def end_process(self, pid):
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.close()

    def test_an_idle_connection_is_usable_without_a_statement(self):
        self.process()
        sent = patch.object(connection.connection, "wait", side_effect=AssertionError("a statement was sent"))

        with sent:
            self.assertTrue(connection.is_usable())

    def test_a_connection_whose_process_has_ended_is_not_usable(self):
        self.end_process(self.process())

        self.assertFalse(connection.is_usable())

    def test_the_next_request_replaces_a_connection_whose_process_has_ended(self):
        ended = self.process()
        self.end_process(ended)

        connection.close_if_unusable_or_obsolete()
        connection.close_if_health_check_failed()

        self.assertNotEqual(self.process(), ended)

    def test_a_closed_connection_is_not_usable(self):
        connection.connection.close()

        self.assertFalse(connection.is_usable())
