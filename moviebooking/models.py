from django.db import models


class WorkerBeat(models.Model):
    """The heartbeat of one process that works on the task queue: a number that grows while it lives."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    beats = models.PositiveBigIntegerField(default=1)
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.worker_id
