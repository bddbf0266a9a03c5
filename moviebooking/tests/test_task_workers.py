"""Tasks of workers that die or lose their database connection."""

from unittest import mock

from django.core.management import get_commands, load_command_class
from django.db import OperationalError, connection
from django.test import TestCase, TransactionTestCase, override_settings
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from moviebooking import task_workers
from moviebooking.management.commands import db_worker
from moviebooking.models import WorkerBeat
from moviebooking.task_workers import CHECKS_WITHOUT_BEAT, MOST_STARTS, WorkerMonitor

from .support.locked_rows import on_postgresql

DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
done = []


@task
def note(text):
    done.append(text)


@task
def lose_the_connection(text):
    """Break the worker's connection to PostgreSQL the first time."""
    done.append(text)
    if len(done) == 1:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@task
def find_it_busy():
    done.append("busy")
    raise OperationalError("database is locked")


class QueueCase:
    def setUp(self):
        super().setUp()
        self.enterContext(override_settings(TASKS=DATABASE))
        done.clear()

    def running(self, worker_id):
        """Create a task that this worker is running."""
        result = note.enqueue("done").db_result
        result.claim(worker_id)
        return result

    def run_worker(self, worker_id="ann"):
        """Return a worker that stops when the queue is empty."""
        worker = db_worker.Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        with mock.patch.object(db_worker, "PAUSE_SECONDS", 0):
            worker.run()

    def stored(self):
        """Return [(status, worker ids)] of all tasks."""
        return list(DBTaskResult.objects.order_by("enqueued_at").values_list("status", "worker_ids"))


class WatchTests(QueueCase, TestCase):
    def setUp(self):
        super().setUp()
        self.ann, self.bob = WorkerMonitor("ann"), WorkerMonitor("bob")

    def look(self, times, *, meanwhile=lambda: None):
        given_back = 0
        for _ in range(times):
            meanwhile()
            given_back += self.ann.requeue_tasks_of_dead_workers()
        return given_back

    def test_the_task_of_a_silent_worker_is_requeued(self):
        self.bob.beat()
        self.running("bob")

        with self.assertLogs("moviebooking.task_workers", "WARNING"):
            self.assertEqual((self.look(CHECKS_WITHOUT_BEAT), self.look(1)), (0, 1))

        self.assertEqual(self.stored(), [("READY", ["bob"])])

    def test_a_worker_that_never_sent_a_heartbeat_is_dead(self):
        self.running("bob")

        with self.assertLogs("moviebooking.task_workers", "WARNING"):
            self.assertEqual(self.look(CHECKS_WITHOUT_BEAT + 1), 1)

    def test_a_worker_with_a_heartbeat_keeps_its_task(self):
        self.running("bob")

        self.assertEqual(self.look(5 * CHECKS_WITHOUT_BEAT, meanwhile=self.bob.beat), 0)
        self.assertEqual(self.stored(), [("RUNNING", ["bob"])])

    def test_one_late_heartbeat_keeps_a_worker_alive(self):
        self.running("bob")
        self.look(CHECKS_WITHOUT_BEAT)
        self.bob.beat()

        self.assertEqual(self.look(CHECKS_WITHOUT_BEAT), 0)

    def test_a_worker_never_considers_itself_dead(self):
        self.running("ann")

        self.assertEqual(self.look(5 * CHECKS_WITHOUT_BEAT), 0)

    def test_two_monitors_requeue_a_task_once(self):
        task = self.running("bob")
        with self.assertLogs("moviebooking.task_workers", "WARNING"):
            given_back = task_workers.requeue_tasks("bob")
            DBTaskResult.objects.get(pk=task.pk).claim("cid")

            self.assertEqual((given_back, task_workers._requeue(task)), (1, 0))

        self.assertEqual(self.stored(), [("RUNNING", ["bob", "cid"])])

    def test_a_task_whose_workers_keep_dying_fails(self):
        result = self.running("bob")
        for worker_id in ("bob", "bob")[: MOST_STARTS - 1]:
            result.claim(worker_id)

        with self.assertLogs("moviebooking.task_workers", "ERROR"):
            self.assertEqual(task_workers.requeue_tasks("bob"), 0)

        self.assertEqual(self.stored(), [("FAILED", ["bob"] * MOST_STARTS)])
        self.assertEqual(
            DBTaskResult.objects.get().exception_class_path, "moviebooking.task_workers.WorkerLost"
        )

    def test_old_heartbeats_are_deleted(self):
        self.bob.beat()
        WorkerBeat.objects.update(beat_at="2020-01-01T00:00Z")
        self.ann.beat()
        self.ann.beat()

        self.assertEqual(list(WorkerBeat.objects.values_list("worker_id", "beats")), [("ann", 2)])


class WorkerTests(QueueCase, TransactionTestCase):
    def test_db_worker_runs_our_worker(self):
        self.assertEqual(get_commands()["db_worker"], "moviebooking")
        note.enqueue("done")
        command = load_command_class("moviebooking", "db_worker")
        parser = command.create_parser("manage.py", "db_worker")
        options = vars(
            parser.parse_args(["--batch", "--no-startup-delay", "--no-reload", "--verbosity", "0"])
        )

        command.handle(**options)

        self.assertEqual(done, ["done"])
        self.assertEqual(WorkerBeat.objects.count(), 1)  # which only ours has

    def test_a_worker_repeats_its_task_after_losing_the_database(self):
        self.running("ann")

        with self.assertLogs("moviebooking.task_workers", "WARNING"):
            self.run_worker("ann")

        self.assertEqual((done, self.stored()), (["done"], [("SUCCESSFUL", ["ann", "ann"])]))

    def test_a_task_that_failed_because_of_the_database_is_retried_later(self):
        find_it_busy.enqueue()
        self.enterContext(self.assertLogs("django_tasks", "ERROR"))

        for _ in range(MOST_STARTS + 1):
            self.run_worker()
            DBTaskResult.objects.update(run_after="2020-01-01T00:00Z")

        self.assertEqual((len(done), self.stored()), (MOST_STARTS, [("FAILED", ["ann"] * MOST_STARTS)]))


@on_postgresql
class CutOffTests(QueueCase, TransactionTestCase):
    def test_a_worker_survives_a_cut_connection(self):
        lose_the_connection.enqueue("done")
        note.enqueue("next")

        with self.assertLogs("moviebooking.task_workers", "WARNING"):
            self.run_worker()

        self.assertEqual(sorted(done), ["done", "done", "next"])
        self.assertEqual([status for status, _ in self.stored()], ["SUCCESSFUL"] * 2)
