"""Run the site under gunicorn with a temporary database, for one benchmark."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from moviebooking.tests.support.production import environment

ROOT = Path(__file__).parent.parent
WORKERS = 2


@dataclass
class Site:
    port: int
    showtimes: list
    cookies: list


@contextmanager
def site(*, showtimes=100):
    """Yield a Site with so many showtimes of 300 seats, and with logged-in visitors."""
    name, prefix = f"moviebooking_bench_{secrets.token_hex(4)}", f"bench-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder, _database(name) as database_url:
        env = environment(
            "bench.settings",
            database_url=database_url,
            redis_url=os.environ["REDIS_URL"],
            BENCH_STATIC_ROOT=f"{folder}/static",
            BENCH_KEY_PREFIX=prefix,
        )
        _manage(env, "migrate", "--noinput", "--verbosity", "0")
        _manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        data = json.loads(_python(env, "-m", "bench.data", str(showtimes)))
        try:
            with _gunicorn(env) as port:
                yield Site(port=port, **data)
        finally:
            _delete_keys(prefix)


@contextmanager
def _database(name):
    parts = urlsplit(os.environ["DATABASE_URL"])
    maintenance_url = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(maintenance_url, autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _manage(env, *words):
    return _python(env, "manage.py", *words)


def _python(env, *words):
    done = subprocess.run([sys.executable, *words], env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def _gunicorn(env):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["-m", "gunicorn", "moviebooking.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *words], env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(port):
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")


def _delete_keys(prefix):
    """Delete our keys from a Redis that others may use, too."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    for key in client.scan_iter(f"{prefix}*", count=1000):
        client.delete(key)
