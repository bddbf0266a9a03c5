import logging
import time
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker

from moviebooking.task_workers import BEAT_SECONDS, MOST_STARTS, WorkerMonitor, requeue_tasks

logger = logging.getLogger("moviebooking.task_workers")
PAUSE_SECONDS = 2
AGAIN_AFTER = timedelta(seconds=10)
LOST = {f"{error.__module__}.{error.__qualname__}" for error in (OperationalError, InterfaceError)}


class Worker(db_worker.Worker):
    """Goes on when the database is back, and takes the tasks of dead workers again."""

    def run(self):
        watch, stopped = WorkerMonitor(self.worker_id), Event()
        Thread(target=_keep_beating, args=(watch, stopped), daemon=True, name="heartbeat").start()
        try:
            while self.running:
                try:
                    requeue_tasks(self.worker_id)  # what it was doing when the connection was cut
                    watch.beat()
                    return super().run()
                except (OperationalError, InterfaceError) as error:
                    logger.error("The database failed, again in %d seconds: %s", PAUSE_SECONDS, error)
                    connections.close_all()
                    time.sleep(PAUSE_SECONDS)
        finally:
            stopped.set()

    def run_task(self, db_task_result):
        """A task that failed for want of the database alone runs again."""
        super().run_task(db_task_result)
        result = db_task_result
        if result.exception_class_path in LOST and len(result.worker_ids) < MOST_STARTS:
            result.status, result.finished_at = TaskResultStatus.READY, None
            result.run_after = timezone.now() + AGAIN_AFTER
            result.save(update_fields=["status", "finished_at", "run_after"])


def _keep_beating(watch, stopped):
    while not stopped.wait(BEAT_SECONDS):
        try:
            close_old_connections()
            watch.beat()
            watch.look()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The heartbeat failed: %s", error)
    connections.close_all()


class Command(db_worker.Command):
    """django-tasks-db's command by its own name, with our Worker."""

    def handle(self, **options):
        db_worker.Worker = Worker  # `handle` makes the one that stands in its module
        super().handle(**options)
