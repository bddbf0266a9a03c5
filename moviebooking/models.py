from django.db import models


class WorkerBeat(models.Model):
    """The heartbeat of one task worker process: a counter that increases as long as it is alive."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    beats = models.PositiveBigIntegerField(default=1)
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.worker_id
