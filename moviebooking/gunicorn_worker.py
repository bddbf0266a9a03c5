"""What gunicorn runs: its threaded worker with a close that stalls nobody, and logs without secrets."""

import socket
import time
from functools import partial
from selectors import EVENT_READ
from urllib.parse import quote, unquote_to_bytes

from gunicorn.glogging import Logger

from .log_format import TIME_FORMAT, OneLine, without_secrets
from .password_hashing import hashing_queue
from .request_head_reader import RequestHeadReader

LINGER_SECONDS, MOST_DRAINED = 2, 64 * 1024  # the bounds that gunicorn uses itself


def most_hashing(threads):
    """Return how many of a worker's threads may hash a password or wait to do so."""
    return max(1, threads // 3)


class Worker(RequestHeadReader):
    """After the last reply on a connection the client is given time to close its side first.

    gunicorn waits for that in the loop that accepts connections, so that one client which keeps its side open
    stalls all the others for two seconds (docs/decisions/0011). Here the wait is one more event of that loop.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.closing = {}  # connection → bytes still taken from it, the oldest first

    def init_process(self):
        hashing_queue.most = most_hashing(self.cfg.threads)
        super().init_process()

    def finish_request(self, conn, fs):
        if fs.cancelled() or fs.exception() or fs.result():
            return super().finish_request(conn, fs)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self.drain, conn))
        except (OSError, ValueError):  # it is closed already
            self.nr_conns -= 1
            return conn.close()
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self.closing[conn] = MOST_DRAINED

    def drain(self, conn, sock):
        """Take what the client still sends; when it closes, or sends too much, so do we."""
        try:
            taken = len(sock.recv(4096))
        except OSError:
            taken = 0
        self.closing[conn] -= taken
        if not taken or self.closing[conn] <= 0:
            self.drop(conn)

    def drop(self, conn):
        del self.closing[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self):
        """Called by gunicorn's loop once a second or more often."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [conn for conn in self.closing if conn.timeout <= now]:
            self.drop(conn)


class Log(Logger):
    """gunicorn's events in the site's format. A query or a referrer may carry a secret: neither is logged."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine("%(asctime)s %(levelname)s [-] gunicorn: %(message)s", TIME_FORMAT))

    def now(self):
        return time.strftime(TIME_FORMAT)

    def atoms(self, resp, req, environ, request_time):
        """Name the path as the client sent it, in one spelling: Django decodes the environ's."""
        atoms = super().atoms(resp, req, environ, request_time)
        path = quote(unquote_to_bytes(req.path.encode("latin-1")))
        return {**atoms, "U": without_secrets(path)}
