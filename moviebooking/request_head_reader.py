"""The heads of requests are read by the loop that accepts connections, so that a slow one takes no thread."""

import time
from functools import partial
from selectors import EVENT_READ

from gunicorn.workers.gthread import ThreadWorker

END = b"\r\n\r\n"
HEAD_SECONDS = 10  # from its first byte to its last
LONGEST_HEAD = 64 * 1024


class RequestHeadReader(ThreadWorker):
    """gunicorn gives a connection a thread at once, which then waits for the request: five seconds for its
    first byte, for ever for the end of its head. Sixteen half-sent heads were enough to stall all threads.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.heads = {}  # connection → what has come of its next request

    def enqueue_req(self, conn):
        """Give the connection a thread as soon as the head of its next request is there."""
        if self.cfg.is_ssl:  # only a thread may wait for the handshake
            return super().enqueue_req(conn)
        conn.init()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.heads[conn] = bytearray()
        self.poller.register(conn.sock, EVENT_READ, partial(self.read_head, conn))
        self.take(conn, conn.parser.unreader.take_buffered())
        if conn in self.heads:
            self.read_head(conn, conn.sock)

    def read_head(self, conn, sock):
        try:
            piece = sock.recv(8192)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if piece:
            self.take(conn, piece)
        else:
            self.drop_head(conn)

    def take(self, conn, piece):
        """Add to the head; a line break before it is none of it."""
        head = self.heads[conn]
        searched = max(0, len(head) - len(END))
        head += piece if head else piece.lstrip(b"\r\n")
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
        """Called by gunicorn's loop once a second or oftener. A worker that stops waits for no first byte."""
        super().murder_pending()
        now = time.monotonic()
        for conn, head in list(self.heads.items()):
            if conn.timeout <= now or not (self.alive or head):
                self.drop_head(conn)
