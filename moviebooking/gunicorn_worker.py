"""The gunicorn worker of this site, which no slow client can block, and its logger, which omits secrets."""

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
    """After the last response on a connection, wait for the client to close its side without blocking others.

    gunicorn waits for that in the loop that accepts connections, so a client that keeps its side open blocks
    everybody for two seconds (docs/decisions/0011). Here the wait is one more event of that loop.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.closing = {}  # connection → how many bytes to read from it at most; oldest first

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
        """Discard what the client still sends. Close when the client does, or when it sends too much."""
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
        """Close connections that have timed out. gunicorn's loop calls this at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [conn for conn in self.closing if conn.timeout <= now]:
            self.drop(conn)


class Log(Logger):
    """Log in the site's format, without query strings and referrers, because they may contain secrets."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine("%(asctime)s %(levelname)s [-] gunicorn: %(message)s", TIME_FORMAT))

    def now(self):
        return time.strftime(TIME_FORMAT)

    def atoms(self, resp, req, environ, request_time):
        """Log the path that the client sent, percent-encoded uniformly; the environ's is decoded."""
        atoms = super().atoms(resp, req, environ, request_time)
        path = quote(unquote_to_bytes(req.path.encode("latin-1")))
        return {**atoms, "U": without_secrets(path)}
