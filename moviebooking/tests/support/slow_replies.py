"""A proxy in front of a Redis server that can hold back its replies."""

import socket
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread


class Proxy(ThreadingTCPServer):
    """Forward everything. After `hold_back`, replies on the connections made before it are late.

    They wait until the server has replied on a newer connection, or for good.
    """

    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), _Forward)
        self.target = ("127.0.0.1", port)
        self.url = f"redis://127.0.0.1:{self.server_address[1]}/0"
        self.made = 0  # connections
        self._late, self._for_good = 0, False
        self._go_on = Event()

    def hold_back(self, *, for_good=False):
        self._late, self._for_good = self.made, for_good

    def go_on(self):
        self._go_on.set()

    def before_reply(self, number):
        if number <= self._late:
            self._go_on.wait(timeout=30)
        elif self._late and not self._for_good:
            self.go_on()


class _Forward(BaseRequestHandler):
    def handle(self):
        self.server.made += 1
        number = self.server.made
        with socket.create_connection(self.server.target) as redis:
            Thread(target=_pump, args=(self.request, redis), daemon=True).start()
            _pump(redis, self.request, before=lambda: self.server.before_reply(number))


def _pump(source, target, before=lambda: None):
    try:
        while chunk := source.recv(65536):
            before()
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # either side has gone
        return


@contextmanager
def slow_replies(port):
    with Proxy(port) as proxy:
        thread = Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.go_on()
            proxy.shutdown()
            thread.join()
