"""Threads of one process, like gunicorn's, wait for a row. Only PostgreSQL locks rows."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from importlib.util import module_from_spec, spec_from_file_location
from threading import Event
from unittest import mock

from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.test import SimpleTestCase, TransactionTestCase, tag
from django.urls import reverse

from moviebooking import database_limits, gunicorn_worker, row_locks
from moviebooking.row_locks import RowBusy
from moviebooking.testing import JSON, make_city, make_user
from theaters.models import City

from .support.locked_rows import locked, on_postgresql

WRITERS = 12


def write(city, *, seconds=0.0):
    """Lock the row as a page does, take a while, commit. Return the seconds waited, or the refusal."""
    begin = time.monotonic()
    try:
        with database_limits.request_limits(), transaction.atomic():
            row_locks.lock(City.objects, city.pk)
            waited = time.monotonic() - begin
            time.sleep(seconds)
        return waited
    except RowBusy as refusal:
        refusal.waited = time.monotonic() - begin
        return refusal
    finally:
        connections.close_all()


def refusals(outcomes):
    return [one for one in outcomes if isinstance(one, RowBusy)]


@tag("serial")
@on_postgresql
class LineTests(TransactionTestCase):
    def setUp(self):
        self.city, self.other = make_city(), make_city()
        self.enterContext(mock.patch.dict(row_locks._queues, clear=True))
        row_locks._moved.clear()

    def at_once(self, *calls):
        with ThreadPoolExecutor(len(calls)) as pool:
            return [one.result() for one in [pool.submit(call) for call in calls]]

    def rush(self, **kwargs):
        return self.at_once(*[lambda: write(self.city, **kwargs)] * WRITERS)

    def test_quick_writers_of_one_row_are_all_served(self):
        self.assertEqual(refusals(self.rush(seconds=0.05)), [])
        self.assertEqual(row_locks._queues, {})

    def test_one_writer_waits_for_a_locked_row_and_the_others_are_soon_refused(self):
        with locked(self.city):
            waits = sorted(one.waited for one in refusals(self.rush()))

        self.assertEqual(len(waits), WRITERS)
        self.assertLess(
            waits[-2], database_limits.REQUEST.queued_lock
        )  # the last one is the first of the line
        self.assertGreaterEqual(waits[-1], database_limits.REQUEST.queued_lock)

    def test_a_writer_who_joins_a_queue_that_has_stopped_is_refused_at_once(self):
        # long enough on a machine that has other work, too
        patient = database_limits.Limits(lock=20, queued_lock=20, statement=20, idle=20)
        self.enterContext(mock.patch.object(database_limits, "REQUEST", patient))
        with ThreadPoolExecutor(1) as pool, locked(self.city):
            first = pool.submit(write, self.city)
            time.sleep(row_locks.STILL_SECONDS + 0.5)
            with mock.patch.object(row_locks._change, "wait", side_effect=AssertionError("waits")):
                outcome = write(self.city)
            self.assertFalse(first.done())

        self.assertIsInstance(outcome, RowBusy)
        self.assertIsInstance(first.result(), float)  # the row came free while it waited

    def test_writers_are_more_patient_with_a_row_that_somebody_got_a_moment_ago(self):
        patient = database_limits.Limits(lock=20, queued_lock=20, statement=20, idle=20)
        self.enterContext(mock.patch.object(database_limits, "REQUEST", patient))
        self.enterContext(mock.patch.object(row_locks, "STILL_SECONDS_IN_RUSH", 20))
        self.rush(seconds=0.02)

        with ThreadPoolExecutor(WRITERS) as pool:
            with locked(self.city):
                writers = [pool.submit(write, self.city) for _ in range(WRITERS)]
                time.sleep(row_locks.STILL_SECONDS + 0.5)
            outcomes = [one.result() for one in writers]

        self.assertEqual(refusals(outcomes), [])

    def test_other_rows_are_not_affected_by_a_locked_one(self):
        with locked(self.city), ThreadPoolExecutor(WRITERS) as pool:
            stuck = [pool.submit(write, self.city) for _ in range(WRITERS)]
            outcome = write(self.other)
            self.assertFalse(all(one.done() for one in stuck))

        self.assertIsInstance(outcome, float)

    def test_all_writers_are_served_again_once_the_row_is_free(self):
        with locked(self.city):
            self.rush()

        self.assertEqual(refusals(self.rush(seconds=0.02)), [])

    def test_nobody_is_refused_while_another_thread_finds_the_row_free(self):
        patient = database_limits.Limits(lock=20, queued_lock=20, statement=20, idle=20)
        with locked(self.city):
            self.assertIsInstance(write(self.city), RowBusy)  # the queue has stopped
        found, go_on, record_free = Event(), Event(), row_locks._record_free

        def record_later(key):
            found.set()
            go_on.wait(20)
            record_free(key)

        self.enterContext(mock.patch.object(database_limits, "REQUEST", patient))
        self.enterContext(mock.patch.object(row_locks, "TRY_SECONDS", 20))
        self.enterContext(mock.patch.object(row_locks, "_record_free", record_later))
        with ThreadPoolExecutor(3) as pool:
            writers = [pool.submit(write, self.city)]
            found.wait(20)
            writers += [pool.submit(write, self.city) for _ in range(2)]
            while row_locks._queues[City._meta.label, self.city.pk].length < 2 and not writers[-1].done():
                time.sleep(0.01)
            go_on.set()

        self.assertEqual(refusals([one.result() for one in writers]), [])

    def test_no_more_threads_wait_in_the_database_than_allowed(self):
        cities = [make_city() for _ in range(4)]
        with locked(cities[0]), locked(cities[1]), locked(cities[2]), locked(cities[3]):
            outcomes = self.at_once(*[lambda city=city: write(city) for city in cities])

        long = [one for one in refusals(outcomes) if one.waited >= database_limits.REQUEST.queued_lock]
        self.assertEqual((len(refusals(outcomes)), len(long)), (4, row_locks.MOST_WAITING))

    def test_locking_several_rows_waits_no_longer(self):
        with (
            locked(self.city),
            self.assertRaises(RowBusy),
            database_limits.request_limits(),
            transaction.atomic(),
        ):
            row_locks.lock_all(City.objects.all())

    def test_a_command_waits_longer_than_a_request(self):
        with ThreadPoolExecutor(1) as pool:
            with locked(self.city):
                command = pool.submit(self.as_command)
                time.sleep(database_limits.REQUEST.queued_lock + 0.5)

            self.assertEqual(command.result(), self.city)

    def as_command(self):
        with transaction.atomic():
            city = row_locks.lock(City.objects, self.city.pk)
        connections.close_all()
        return city

    def test_a_row_that_does_not_exist_is_not_waited_for(self):
        with self.assertRaises(City.DoesNotExist), database_limits.request_limits(), transaction.atomic():
            row_locks.lock(City.objects, 0)


@tag("serial")
@on_postgresql
class LimitTests(TransactionTestCase):
    def shown(self):
        names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        with connection.cursor() as cursor:
            return [cursor.execute(f"SHOW {name}").fetchone()[0] for name in names]

    def test_a_transaction_in_a_request_has_short_timeouts(self):
        with database_limits.request_limits(), transaction.atomic():
            self.assertEqual(self.shown(), ["400ms", "3s", "3s"])

    def test_a_transaction_in_a_command_has_longer_timeouts(self):
        with transaction.atomic():
            self.assertEqual(self.shown(), ["20s", "0", "5min"])

    def test_the_session_keeps_no_timeouts(self):
        """PgBouncer gives it to somebody else after each transaction."""
        with database_limits.request_limits():
            with transaction.atomic():
                self.shown()

            self.assertEqual(self.shown(), ["0", "0", "0"])

    def test_a_write_that_no_queue_orders_waits_only_briefly(self):
        """Twelve of them would otherwise occupy every thread for seconds."""
        city = make_city()
        for name, block in {"single": nullcontext, "in a transaction": transaction.atomic}.items():
            with self.subTest(name), locked(city), database_limits.request_limits():
                begin = time.monotonic()
                with self.assertRaises(OperationalError) as refusal, block():
                    City.objects.filter(pk=city.pk).update(name="Later")

                self.assertEqual(refusal.exception.__cause__.sqlstate, "55P03")
                self.assertLess(time.monotonic() - begin, 2)
                self.assertEqual(self.shown(), ["0", "0", "0"])

    def test_a_page_whose_single_write_is_kept_waiting_answers_503(self):
        ann = make_user()
        self.client.force_login(ann)

        with locked(ann):
            response = self.client.post(reverse("accounts:profile"), {"first_name": "Ann"}, headers=JSON)

        self.assertEqual((response.status_code, response["Retry-After"]), (503, "2"))
        self.assertEqual(response.json(), {"error": "busy"})

    def test_a_statement_outside_a_transaction_times_out_too_and_the_next_one_works(self):
        begin = time.monotonic()
        with (
            database_limits.request_limits(),
            self.assertRaises(OperationalError),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT pg_sleep(20)")

        self.assertLess(time.monotonic() - begin, 10)
        connection.close_if_unusable_or_obsolete()
        self.assertEqual(self.shown(), ["0", "0", "0"])
        self.assertEqual(self.still_asleep(), 0)  # it was cancelled over there, too

    def still_asleep(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(2%%'")
            return cursor.fetchone()[0]

    def test_requests_get_the_limits_of_requests(self):
        seen = []
        database_limits.limit_requests(lambda request: seen.append(database_limits.limits()))(None)

        self.assertEqual(
            (seen, database_limits.limits()), ([database_limits.REQUEST], database_limits.COMMAND)
        )
        self.assertEqual(settings.MIDDLEWARE[0], "moviebooking.database_limits.limit_requests")


class ThreadTests(SimpleTestCase):
    def test_two_threads_remain_for_browsing_when_all_that_may_wait_do(self):
        spec = spec_from_file_location("gunicorn_conf", settings.BASE_DIR / "gunicorn.conf.py")
        config = module_from_spec(spec)
        with mock.patch.dict("os.environ"):
            spec.loader.exec_module(config)

        waiting = row_locks.MOST_WAITING + gunicorn_worker.most_hashing(config.threads)
        self.assertGreaterEqual(config.threads - waiting, 2)
