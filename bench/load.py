"""Generate load on keep-alive connections, and compare two loads fairly."""

import socket
import statistics
import time
from itertools import cycle
from threading import Thread
from urllib.parse import urlencode

from .data import CSRF

CONNECTIONS = 4
AS_SCRIPT = ("Accept: application/json",)
AS_BROWSER = ("Accept: text/html", "Accept-Encoding: gzip")
ROUNDS, ROUND_SECONDS = 30, 0.5  # short rounds, so that other load on the machine affects both sides


def request(method, path, cookie, *, fields=(), headers=AS_SCRIPT):
    """Return one HTTP request as bytes, to be sent many times."""
    body = urlencode(fields).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {cookie}",
        *headers,
        f"X-CSRFToken: {CSRF}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, message):
        """Send the request and return the status of the response."""
        return self.exchange(message)[0]

    def exchange(self, message):
        """Send the request and return (status, head) of the response. Read and discard the body."""
        self.socket.sendall(message)
        response = self.socket.recv(65536)
        while b"\r\n\r\n" not in response:
            response += self._more()
        head, _, body = response.partition(b"\r\n\r\n")
        missing = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) - len(body)
        while missing > 0:
            missing -= len(self._more())
        return int(head[9:12]), head.decode("latin-1")

    def _more(self):
        part = self.socket.recv(65536)
        if not part:
            raise RuntimeError("the server closed the connection")
        return part


def per_second(port, messages, *, seconds=ROUND_SECONDS, connections=CONNECTIONS):
    """Return how many requests per second were answered with 200. Raise RuntimeError for any other status.

    Each of the connections sends its share of the messages repeatedly.
    """
    counts, wrong = [0] * connections, []
    end = time.perf_counter() + seconds

    def send(number):
        connection = Connection(port)
        for message in cycle(messages[number::connections]):
            if time.perf_counter() > end:
                return
            status = connection.send(message)
            if status != 200:
                wrong.append(status)
                return
            counts[number] += 1

    threads = [Thread(target=send, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"answered with {wrong[0]}")
    return sum(counts) / seconds


def compare(one, other):
    """Return (ratio, rate of one, rate of other): medians of alternating rounds. Each call returns a rate."""
    for warm_up in (one, other):
        warm_up()
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    ratio = statistics.median(first / second for first, second in pairs)
    return ratio, *(statistics.median(column) for column in zip(*pairs, strict=True))


def report(question, ratio, target, detail):
    """Print one line, and return True if the target, such as ">= 0.5", is met."""
    bound = float(target.split()[1])
    met = ratio >= bound if target.startswith(">=") else ratio <= bound
    print(f"{question}: {ratio:.3g} (target {target}, {'met' if met else 'MISSED'}); {detail}", flush=True)
    return met
