from django.db import transaction
from django.test import TestCase, override_settings
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from moviebooking.task_queue import enqueue

IMMEDIATE = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
done = []


@task
def note(text, *, times=1):
    done.append(text * times)


class QueueCase(TestCase):
    def setUp(self):
        done.clear()

    def roll_back_after_enqueueing(self):
        with transaction.atomic():
            enqueue(note, "never")
            transaction.set_rollback(True)


@override_settings(TASKS=IMMEDIATE)
class ImmediateQueueTests(QueueCase):
    def test_the_task_runs_after_the_commit_and_not_before(self):
        with self.captureOnCommitCallbacks(execute=True):
            with transaction.atomic():
                enqueue(note, "ab", times=2)
            self.assertEqual(done, [])

        self.assertEqual(done, ["abab"])

    def test_a_transaction_that_rolls_back_runs_nothing(self):
        with self.captureOnCommitCallbacks(execute=True) as callbacks:
            self.roll_back_after_enqueueing()

        self.assertEqual((callbacks, done), ([], []))

    def test_arguments_that_json_cannot_represent_are_refused_by_the_immediate_backend(self):
        with self.assertRaises(TypeError):
            enqueue(note, {1, 2})


@override_settings(TASKS=DATABASE)
class DatabaseQueueTests(QueueCase):
    def test_the_row_is_written_in_the_callers_transaction(self):
        with transaction.atomic():
            enqueue(note, "ab", times=2)
            waiting = list(DBTaskResult.objects.values_list("task_path", "args_kwargs"))

        self.assertEqual(waiting, [(f"{__name__}.note", {"args": ["ab"], "kwargs": {"times": 2}})])
        self.assertEqual(done, [])

    def test_a_transaction_that_rolls_back_leaves_no_row(self):
        self.roll_back_after_enqueueing()

        self.assertEqual(DBTaskResult.objects.count(), 0)

    def test_arguments_that_json_cannot_represent_are_refused_by_the_database_backend(self):
        with self.assertRaises(TypeError):
            enqueue(note, {1, 2})
