"""Temporary servers for one test: each on a free port, without persistence, stopped by its process id."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

REDIS_SERVER = shutil.which("redis-server")


class OwnRedis:
    def __init__(self, directory):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [REDIS_SERVER, "--port", str(self.port), "--bind", "127.0.0.1"]
        self.command += ["--save", "", "--appendonly", "no", "--dir", directory]

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        wait_for_port(self.port)

    def send(self, signal):
        self.process.send_signal(signal)

    def stop(self):
        self.process.kill()  # a frozen process ignores SIGTERM
        self.process.wait(timeout=10)

    def restart(self):
        self.stop()
        self.start()


@contextmanager
def own_redis():
    with tempfile.TemporaryDirectory() as directory:
        server = OwnRedis(directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def postgres_bin():
    """Return the folder with the programs of the newest PostgreSQL, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


class OwnPostgres:
    """A temporary PostgreSQL server. It refuses to run as root, so root runs it as `postgres`."""

    def __init__(self, directory):
        self.port, self.bin, self.folder = free_port(), postgres_bin(), Path(directory)
        self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        if os.getuid():
            self.as_user = []
        else:
            shutil.chown(directory, "postgres")
        initdb = [*self.as_user, self.bin / "initdb", "-D", self.folder / "data", "-U", "postgres"]
        subprocess.run([*initdb, "-A", "trust"], check=True, capture_output=True)
        self.start()

    def url(self, name):
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self):
        command = [*self.as_user, self.bin / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        command += ["-k", self.folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port)
        for _ in range(200):
            with suppress(psycopg.OperationalError):  # the server is starting up
                self.ask("postgres", "SELECT 1")
                return
            time.sleep(0.05)
        raise RuntimeError("postgres did not start")

    def stop(self):
        """Stop at once and cut all connections (SIGINT is the "fast" shutdown)."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)

    def ask(self, name, sql, *params):
        """Execute a statement as superuser, in autocommit mode. Return its rows."""
        with psycopg.connect(self.url(name), autocommit=True) as link:
            cursor = link.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def frozen(self):
        """Freeze the server inside the `with` block: it accepts connections without responding."""
        pids = [self.process.pid, *children(self.process.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


@contextmanager
def own_postgres():
    with tempfile.TemporaryDirectory() as directory:
        server = OwnPostgres(directory)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for_port(port):
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"no process listens on {port}")
