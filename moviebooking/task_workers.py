"""Detect dead workers of the task queue, and requeue their tasks.

django-tasks-db doesn't detect dead workers: their tasks would stay RUNNING forever (docs/decisions/0095).
"""

import logging
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import WorkerBeat

logger = logging.getLogger(__name__)
BEAT_SECONDS = 3
CHECKS_WITHOUT_BEAT = 5  # after so many, a worker is dead
MOST_STARTS = 3  # a task during which so many workers died is not started again
FORGOTTEN_AFTER = timedelta(days=1)


class WorkerLost(Exception):
    """The worker died while running the task."""


class WorkerMonitor:
    """The heartbeat of one worker, which also checks the heartbeats of the others.

    A worker is dead if its counter hasn't increased for several checks of this worker. Clocks of different
    machines are never compared, and an outage of the database makes no worker look dead.
    """

    def __init__(self, worker_id):
        self.worker_id = worker_id
        self._seen = {}  # worker id → (its counter, how many checks found it unchanged)

    def beat(self):
        """Increase this worker's counter. The first time, also delete the rows of workers long gone."""
        now = timezone.now()
        ours = WorkerBeat.objects.filter(worker_id=self.worker_id)
        if not ours.update(beats=F("beats") + 1, beat_at=now):
            WorkerBeat.objects.create(worker_id=self.worker_id, beat_at=now)
            WorkerBeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()

    def requeue_tasks_of_dead_workers(self):
        """Check the workers that have running tasks, and return how many tasks of dead ones were requeued."""
        busy = {_worker_of(task) for task in DBTaskResult.objects.running()} - {self.worker_id}
        beats = dict(WorkerBeat.objects.filter(worker_id__in=busy).values_list("worker_id", "beats"))
        self._seen = {worker: self._compare(worker, beats.get(worker)) for worker in busy}
        dead = [worker for worker, (_, times) in self._seen.items() if times >= CHECKS_WITHOUT_BEAT]
        return sum(requeue_tasks(worker) for worker in dead)

    def _compare(self, worker, beats):
        before, times = self._seen.get(worker, (None, 0))
        return beats, times + 1 if worker in self._seen and before == beats else 0


def requeue_tasks(worker_id):
    """Requeue the tasks that this worker was running when it died. Return how many."""
    tasks = [task for task in DBTaskResult.objects.running() if _worker_of(task) == worker_id]
    WorkerBeat.objects.filter(worker_id=worker_id).delete()
    return sum(_requeue(task) for task in tasks)


def _requeue(task):
    """Requeue one task and return 1; return 0 if it has been finished or requeued in the meantime."""
    same = DBTaskResult.objects.running().filter(pk=task.pk, worker_ids=task.worker_ids)
    if len(task.worker_ids) < MOST_STARTS:
        logger.warning("Task %s (%s) lost its worker and runs again", task.pk, task.task_path)
        return same.update(status=TaskResultStatus.READY, started_at=None)
    logger.error("Task %s (%s) lost %d workers", task.pk, task.task_path, MOST_STARTS)
    if same.exists():
        task.set_failed(WorkerLost())
    return 0


def _worker_of(task):
    return task.worker_ids[-1] if task.worker_ids else ""
