"""Which workers of the task queue are alive, and what becomes of the tasks of a dead one.

django-tasks-db has no notion of a dead worker: its task would be RUNNING for ever (docs/decisions/0095).
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
SILENT_LOOKS = 5  # without a beat between them, and a worker is dead
MOST_STARTS = 3  # a task that has killed so many workers is not given to another one
FORGOTTEN_AFTER = timedelta(days=1)


class WorkerLost(Exception):
    """The worker died while it ran the task."""


class WorkerMonitor:
    """One worker's heart, and its eye on the others.

    The clocks of two machines are never compared, and a database that was away for a while makes nobody
    dead: what counts is how often this worker has looked without finding that the other one's beats grew.
    """

    def __init__(self, worker_id):
        self.worker_id = worker_id
        self._seen = {}  # worker → (its beats, how often they were found the same)

    def beat(self):
        now = timezone.now()
        ours = WorkerBeat.objects.filter(worker_id=self.worker_id)
        if not ours.update(beats=F("beats") + 1, beat_at=now):
            WorkerBeat.objects.create(worker_id=self.worker_id, beat_at=now)
            WorkerBeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()

    def look(self):
        """Give the tasks of dead workers back to the queue. Return how many."""
        busy = {_worker_of(task) for task in DBTaskResult.objects.running()} - {self.worker_id}
        beats = dict(WorkerBeat.objects.filter(worker_id__in=busy).values_list("worker_id", "beats"))
        self._seen = {worker: self._compare(worker, beats.get(worker)) for worker in busy}
        dead = [worker for worker, (_, times) in self._seen.items() if times >= SILENT_LOOKS]
        return sum(requeue_tasks(worker) for worker in dead)

    def _compare(self, worker, beats):
        before, times = self._seen.get(worker, (None, 0))
        return beats, times + 1 if worker in self._seen and before == beats else 0


def requeue_tasks(worker_id):
    """Have others run what this worker was running when it died. Return how many tasks that are."""
    tasks = [task for task in DBTaskResult.objects.running() if _worker_of(task) == worker_id]
    WorkerBeat.objects.filter(worker_id=worker_id).delete()
    return sum(_requeue(task) for task in tasks)


def _requeue(task):
    """A worker that finishes it, or another that gives it back, may be quicker: then nothing is done."""
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
