"""gunicorn loads the application before it forks its workers: they share its code, and no connection."""

import os
import socket
import time
from contextlib import ExitStack

from moviebooking.tests.support.servers import children

from .test_gunicorn_worker import GunicornTestCase

WORKERS = 2


class PreloadTests(GunicornTestCase):
    """Database and Redis are sockets that nobody accepts from, so a connection to them stays in the queue."""

    @classmethod
    def prepare(cls):
        stack = cls.enterClassContext(ExitStack())
        cls.servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        postgres, redis = (server.getsockname()[1] for server in cls.servers)
        cls.env |= {
            "DATABASE_URL": f"postgres://nobody@127.0.0.1:{postgres}/none",
            "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
            "WEB_CONCURRENCY": str(WORKERS),
        }

    def connected(self, server):
        """Return True if anybody has connected."""
        server.setblocking(False)
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def workers(self, *, replaced=()):
        """Return the process ids of the two workers, once both of them run and none is a `replaced` one."""
        for _ in range(150):
            found = children(self.process.pid)
            if len(found) == WORKERS and not set(found) & set(replaced):
                return found
            time.sleep(0.1)
        self.fail(self.log())

    def test_no_connection_is_opened_before_the_first_request_that_needs_it(self):
        self.assertEqual(self.get("/healthz").status, 200)

        self.assertEqual([self.connected(server) for server in self.servers], [False, False])

    def test_the_workers_are_forks_of_a_process_that_has_loaded_the_application(self):
        for pid in (self.process.pid, *self.workers()):
            with open(f"/proc/{pid}/maps") as maps:
                self.assertIn("psycopg", maps.read())  # its compiled part

    def test_a_worker_that_has_died_is_replaced_and_answers(self):
        died = self.workers()
        for pid in died:
            os.kill(pid, 9)

        self.workers(replaced=died)
        self.assertEqual(self.get("/healthz").status, 200)
