"""Run the site under gunicorn with a temporary database, for one benchmark or for several."""

import atexit
import json
import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from moviebooking.tests.support.production import environment
from moviebooking.tests.support.servers import children, free_port, wait_for_port

from .data import VISITORS

ROOT = Path(__file__).parent.parent
WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")
_until_exit = ExitStack()
atexit.register(_until_exit.close)


@dataclass
class Site:
    port: int
    master: int  # gunicorn's process id
    database_url: str
    showtimes: list  # keys
    cookies: list  # Cookie headers of logged-in visitors
    pages: dict  # name → path, with scale=1 or more

    def workers(self):
        return children(self.master)

    def cpu_seconds(self):
        """Return how much CPU time the workers have used."""
        return sum(_cpu_ticks(pid) for pid in self.workers()) / TICKS

    def sql(self, query, *params):
        with psycopg.connect(self.database_url) as link:
            return link.execute(query, params).fetchall()


@contextmanager
def site(*, showtimes=100, visitors=VISITORS, scale=0, workers=WORKERS):
    """Yield a Site with so many showtimes of 300 seats, logged-in visitors, and `scale` times a catalogue."""
    prefix = f"bench-{secrets.token_hex(4)}"
    with _database(_migrated()) as database_url:
        env = _environment(database_url, prefix)
        options = ("--visitors", str(visitors), "--scale", str(scale))
        data = json.loads(_python(env, "-m", "bench.data", str(showtimes), *options))
        try:
            with _gunicorn(env, workers) as (port, master):
                yield Site(port=port, master=master, database_url=database_url, **data)
        finally:
            _delete_keys(prefix)


@cache
def shared_site():
    """Return a Site with a catalogue for all benchmarks that sell nothing. It stops with this process."""
    return _until_exit.enter_context(site(scale=1))


@cache
def _migrated():
    """Return the name of an empty database that others are copied from."""
    url = _until_exit.enter_context(_database("template0"))
    _python(_environment(url, "bench"), "manage.py", "migrate", "--noinput", "--verbosity", "0")
    return urlsplit(url).path[1:]


@cache
def _static_root():
    """Return a folder with the collected static files."""
    folder = _until_exit.enter_context(tempfile.TemporaryDirectory())
    env = environment(
        "bench.settings",
        database_url=os.environ["DATABASE_URL"],
        redis_url=os.environ["REDIS_URL"],
        BENCH_STATIC_ROOT=folder,
        BENCH_KEY_PREFIX="bench",
    )
    _python(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    return folder


def _environment(database_url, prefix):
    return environment(
        "bench.settings",
        database_url=database_url,
        redis_url=os.environ["REDIS_URL"],
        BENCH_STATIC_ROOT=_static_root(),
        BENCH_KEY_PREFIX=prefix,
    )


@contextmanager
def _database(template):
    """Yield the URL of a temporary copy of the template database."""
    name, parts = f"moviebooking_bench_{secrets.token_hex(4)}", urlsplit(os.environ["DATABASE_URL"])
    new, old = sql.Identifier(name), sql.Identifier(template)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, old))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(new))


def _python(env, *words):
    done = subprocess.run([sys.executable, *words], env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def _gunicorn(env, workers):
    """Yield (port, process id) of a running server."""
    port = free_port()
    words = ["-m", "gunicorn", "moviebooking.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *words], env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for_port(port)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def _cpu_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # user and system time


def _delete_keys(prefix):
    """Delete our keys from a Redis that others may use, too."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    for key in client.scan_iter(f"{prefix}*", count=1000):
        client.delete(key)
