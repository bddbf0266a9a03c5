"""Read request heads in the loop that accepts connections, so that a slow client doesn't occupy a thread."""

import time
from functools import partial
from selectors import EVENT_READ

from gunicorn.workers.gthread import ThreadWorker

END = b"\r\n\r\n"
HEAD_SECONDS = 10  # from the first byte of a head to its last
LONGEST_HEAD = 64 * 1024


class RequestHeadReader(ThreadWorker):
    """Assign a connection to a thread only when the head of its next request is complete.

    gunicorn does so at once, and the thread waits for the request: five seconds for its first byte, forever
    for the end of its head. Sixteen incomplete heads were enough to block all threads.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.heads = {}  # connection → the bytes received of its next request

    def enqueue_req(self, conn):
        """Assign the connection to a thread as soon as the head of its next request is complete."""
        if self.cfg.is_ssl:  # the handshake has to wait in a thread
            return super().enqueue_req(conn)
        conn.init()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.heads[conn] = bytearray()
        self.poller.register(conn.sock, EVENT_READ, partial(self.read_head, conn))
        self.append(conn, conn.parser.unreader.take_buffered())
        if conn in self.heads:
            self.read_head(conn, conn.sock)

    def read_head(self, conn, sock):
        try:
            chunk = sock.recv(8192)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if chunk:
            self.append(conn, chunk)
        else:
            self.drop_head(conn)

    def append(self, conn, chunk):
        """Append to the head, without line breaks that precede it."""
        head = self.heads[conn]
        searched = max(0, len(head) - len(END))
        head += chunk if head else chunk.lstrip(b"\r\n")
        if head:
            conn.timeout = min(conn.timeout, time.monotonic() + HEAD_SECONDS)
        if head.find(END, searched) >= 0:
            self.forget_head(conn)
            conn.parser.unreader.unread(bytes(head))
            super().enqueue_req(conn)
        elif len(head) > LONGEST_HEAD:
            self.drop_head(conn)

    def forget_head(self, conn):
        del self.heads[conn]
        self.poller.unregister(conn.sock)

    def drop_head(self, conn):
        self.forget_head(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self):
        """Drop heads that have timed out and, when the worker stops, connections that have sent nothing.

        gunicorn's loop calls this at least once a second.
        """
        super().murder_pending()
        now = time.monotonic()
        for conn, head in list(self.heads.items()):
            if conn.timeout <= now or not (self.alive or head):
                self.drop_head(conn)
