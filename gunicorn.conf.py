"""Configure gunicorn: `gunicorn moviebooking.wsgi`. docs/decisions/0011 gives the reasons."""

import gc
import os
import time
from pathlib import Path

from moviebooking.environment import Environment

read = Environment(search_path=Path(__file__).parent)

# Without REDIS_URL the holds live inside one process, so there must be only one. Zero would answer nothing.
workers = max(1, read("WEB_CONCURRENCY", default=os.cpu_count() or 1, cast=int)) if read("REDIS_URL") else 1
# At most two threads of a process wait for locked rows (moviebooking/row_locks.py), and at most a third hash
# passwords or wait for their turn (moviebooking/password_hashing.py). So two always remain for browsing and
# /healthz.
threads = 6
worker_class = "moviebooking.gunicorn_worker.Worker"
preload_app = True  # the workers share the memory of the code; it opens no connection before they are forked

timeout = 30
graceful_timeout = 25  # platforms kill a process 30 seconds after asking it to stop
keepalive = (
    65  # longer than a load balancer's idle minute, so that it never writes to a connection just closed
)
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"  # the heartbeat of the workers never waits for a disk
control_socket_disable = True

# Django sets the time zone of the workers. The master process logs in the same zone.
os.environ["TZ"] = read("TIME_ZONE", default="Asia/Kolkata")
time.tzset()
logger_class = "moviebooking.gunicorn_worker.Log"
accesslog = "-"
access_log_format = (
    '%(t)s INFO [%({x-request-id}o)s] access: %(m)s %(U)s %(s)s %(B)s B %(M)s ms %(h)s "%(a)s"'
)


def when_ready(server):
    """Keep the garbage collector off what is loaded, so that the workers go on sharing that memory."""
    gc.collect()
    gc.freeze()
