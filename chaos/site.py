"""Run the site under gunicorn on servers of its own while faults are caused."""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import psycopg

from moviebooking.tests.support.production import environment
from moviebooking.tests.support.servers import children, free_port, own_postgres, own_redis, wait_for_port

from .visitor import Visitor, at_once

ROOT = Path(__file__).parent.parent
DATABASE, SHOWTIMES, PROCESSES = "chaos", 20, 2


class Site:
    def __init__(self, folder, postgres, redis):
        self.folder, self.postgres, self.redis = Path(folder), postgres, redis
        self.port, self.mailbox = free_port(), Path(folder) / "mails"
        self.mailbox.touch()
        self.env = environment(
            "chaos.settings",
            database_url=postgres.url(DATABASE),
            redis_url=redis.url,
            CHAOS_MAILBOX=str(self.mailbox),
            WEB_CONCURRENCY=str(PROCESSES),
        )
        postgres.ask("postgres", f"CREATE DATABASE {DATABASE}")
        self.run("manage.py", "migrate", "--noinput", "--verbosity", "0")
        data = json.loads(self.run("-m", "bench.data", str(SHOWTIMES)))
        self.showtimes = data["showtimes"]
        self.visitors = [Visitor(self.port, cookie) for cookie in data["cookies"]]
        self.passer_by = Visitor(self.port)

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, *words], env=self.env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    @contextmanager
    def process(self, *words):
        """Run a process of the site inside the `with` block. Its output is appended to one log."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words], env=self.env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=40)

    @contextmanager
    def served(self):
        gunicorn = ("-m", "gunicorn", "moviebooking.wsgi", "--bind", f"127.0.0.1:{self.port}")
        with self.process(*gunicorn) as self.master:
            wait_for_port(self.port)
            for _ in range(3):  # until every process has started and every thread is connected
                at_once(*[self.passer_by.home] * 6 * PROCESSES)
            yield self

    def wait_until_healthy(self, *, seconds=30):
        """Return once a row of successful pages that read SQL shows that all processes are connected."""
        end, row = time.monotonic() + seconds, 0
        while row < 6 * PROCESSES:
            if self.visitors[0].get("/bookings/").status == 200:
                row += 1
            elif time.monotonic() > end:
                raise AssertionError("the site did not recover")
            else:
                row = 0
                time.sleep(0.2)

    def web_processes(self):
        return children(self.master.pid)

    def worker(self):
        return self.process("manage.py", "db_worker", "--no-startup-delay")

    def sql(self, text, *params):
        return self.postgres.ask(DATABASE, text, *params)

    def cut_connections(self):
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            " AND pid <> pg_backend_pid()",
            DATABASE,
        )

    @contextmanager
    def locked(self, showtime, *, seconds):
        """Keep the showtime's row locked. Yield an Event that is set once the row is free again."""
        free = Event()
        link = psycopg.connect(self.postgres.url(DATABASE))
        link.execute("SELECT 1 FROM theaters_showtime WHERE id = %s FOR UPDATE", [showtime])

        def keep():
            free.wait(seconds)
            link.rollback()
            link.close()
            free.set()

        keeper = Thread(target=keep)
        keeper.start()
        try:
            yield free
        finally:
            keeper.join()

    def books_balance(self):
        with suppress(RuntimeError):
            return "in order" in self.run("manage.py", "audit_books")
        return False

    def emails_about(self, reference):
        return [subject for subject in self.mailbox.read_text().splitlines() if reference in subject]

    def owes_email_about(self, reference):
        owed = "SELECT 1 FROM bookings_bookingemail e JOIN bookings_booking b ON b.id = e.booking_id"
        return bool(self.sql(f"{owed} WHERE b.reference = %s AND e.sent_at IS NULL", reference))

    def log(self):
        return (self.folder / "log").read_text()


@contextmanager
def chaos_site():
    with (
        tempfile.TemporaryDirectory() as folder,
        own_postgres() as postgres,
        own_redis() as redis,
        Site(folder, postgres, redis).served() as site,
    ):
        yield site
