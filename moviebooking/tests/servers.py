"""A redis-server that belongs to one test: a free port, nothing on disk, stopped by its own process id."""

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager

REDIS_SERVER = shutil.which("redis-server")


class OwnRedis:
    def __init__(self, directory):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [REDIS_SERVER, "--port", str(self.port), "--bind", "127.0.0.1"]
        self.command += ["--save", "", "--appendonly", "no", "--dir", directory]

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("redis-server did not start")

    def send(self, signal):
        self.process.send_signal(signal)

    def stop(self):
        self.process.kill()  # a stopped process would not see anything milder
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
