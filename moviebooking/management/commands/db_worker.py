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
RETRY_AFTER = timedelta(seconds=10)
CONNECTION_ERRORS = {
    f"{error.__module__}.{error.__qualname__}" for error in (OperationalError, InterfaceError)
}


class Worker(db_worker.Worker):
    """Survive a database outage, and requeue the tasks of dead workers."""

    def run(self):
        monitor, stopped = WorkerMonitor(self.worker_id), Event()
        Thread(target=_keep_beating, args=(monitor, stopped), daemon=True, name="heartbeat").start()
        try:
            while self.running:
                try:
                    requeue_tasks(self.worker_id)  # the task it was running when the connection was lost
                    monitor.beat()
                    return super().run()
                except (OperationalError, InterfaceError) as error:
                    logger.error("The database failed, retrying in %d seconds: %s", PAUSE_SECONDS, error)
                    connections.close_all()
                    time.sleep(PAUSE_SECONDS)
        finally:
            stopped.set()

    def run_task(self, db_task_result):
        """Run the task, and requeue it if it failed only because the database was unavailable."""
        super().run_task(db_task_result)
        result = db_task_result
        if result.exception_class_path in CONNECTION_ERRORS and len(result.worker_ids) < MOST_STARTS:
            result.status, result.finished_at = TaskResultStatus.READY, None
            result.run_after = timezone.now() + RETRY_AFTER
            result.save(update_fields=["status", "finished_at", "run_after"])


def _keep_beating(monitor, stopped):
    while not stopped.wait(BEAT_SECONDS):
        try:
            close_old_connections()
            monitor.beat()
            monitor.requeue_tasks_of_dead_workers()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The heartbeat failed: %s", error)
    connections.close_all()


class Command(db_worker.Command):
    """Override django-tasks-db's command of this name to run our Worker."""

    def handle(self, **options):
        db_worker.Worker = Worker  # `handle` instantiates the class of this name in its module
        super().handle(**options)
