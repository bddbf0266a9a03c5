"""How gunicorn serves the site: `gunicorn moviebooking.wsgi`. Why so: docs/decisions/0011."""

import os
import time
from pathlib import Path

from moviebooking.environment import Environment

read = Environment(search_path=Path(__file__).parent)

# Without REDIS_URL the holds live inside one process, so there has to be only one. None would answer nobody.
workers = max(1, read("WEB_CONCURRENCY", default=os.cpu_count() or 1, cast=int)) if read("REDIS_URL") else 1
threads = 4  # two at most wait for a locked row (moviebooking/row_locks.py), and that leaves two for all else
worker_class = "moviebooking.gunicorn_worker.Worker"

timeout = 30
graceful_timeout = 25  # platforms kill 30 seconds after they asked
keepalive = 65  # longer than a balancer's idle minute, so that it never writes to a connection just closed
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"  # the workers' heartbeat never waits for a disk
control_socket_disable = True

# Django sets the workers' clock to the site's; the log's lines of the process above them go by it, too.
os.environ["TZ"] = read("TIME_ZONE", default="Asia/Kolkata")
time.tzset()
logger_class = "moviebooking.gunicorn_worker.Log"
accesslog = "-"
access_log_format = (
    '%(t)s INFO [%({x-request-id}o)s] access: %(m)s %(U)s %(s)s %(B)s B %(M)s ms %(h)s "%(a)s"'
)
