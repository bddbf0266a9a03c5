"""Generate load on keep-alive connections, and compare loads fairly."""

import os
import socket
import statistics
import time
from dataclasses import dataclass
from itertools import cycle
from threading import Thread
from urllib.parse import urlencode

from .data import CSRF

BRIEF = os.environ.get("BRIEF", "") not in ("", "0")
CONNECTIONS = 4
AS_SCRIPT = ("Accept: application/json",)
AS_BROWSER = ("Accept: text/html", "Accept-Encoding: gzip")
# short rounds, so that other load on the machine affects both sides
ROUNDS, ROUND_SECONDS = (4, 0.25) if BRIEF else (30, 0.5)


def request(method, path, cookie="", *, fields=(), headers=AS_SCRIPT):
    """Return one HTTP request as bytes, to be sent many times."""
    body = urlencode(fields).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *([f"Cookie: {cookie}", f"X-CSRFToken: {CSRF}"] if cookie else []),
        *headers,
    ]
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def empty_view(cookies):
    """Return requests for a view that does nothing behind the site's middleware, by logged-in visitors."""
    return [request("GET", "/bench/empty/", cookie) for cookie in cookies]


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
    begin = time.perf_counter()
    number = _send(port, messages, connections, lambda _: time.perf_counter() > begin + seconds)
    return number / (time.perf_counter() - begin)


def send_number(port, messages, number, *, connections=CONNECTIONS):
    """Send that many requests in all, like `per_second`."""
    _send(port, messages, connections, lambda sent: sent >= number // connections)


def _send(port, messages, connections, is_over):
    """Return how many requests were answered until `is_over(how many a connection has sent)`."""
    counts, wrong = [0] * connections, []

    def send(number):
        connection = Connection(port)
        for message in cycle(messages[number % len(messages) :: connections]):
            if is_over(counts[number]) or wrong:
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
    return sum(counts)


def compare(one, other):
    """Return (ratio, rate of one, rate of other): medians of alternating rounds. Each call returns a rate."""
    for warm_up in (one, other):
        warm_up()
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    ratio = statistics.median(first / second for first, second in pairs)
    return ratio, *(statistics.median(column) for column in zip(*pairs, strict=True))


@dataclass(frozen=True)
class Cost:
    """The cost of a request: requests per second under full load, and CPU milliseconds of the workers."""

    rate: float
    cpu_ms: float

    def beside(self, other):
        cpu = f"{self.cpu_ms:.2f} ms of CPU beside {other.cpu_ms:.2f}"
        return f"{self.rate:.0f}/s beside {other.rate:.0f}/s, {cpu}"


def cost(one, messages):
    """Return the Cost of these requests to the site, in one round."""
    cpu, begin = one.cpu_seconds(), time.perf_counter()
    rate = per_second(one.port, messages)
    number = rate * (time.perf_counter() - begin)
    return Cost(rate, 1000 * (one.cpu_seconds() - cpu) / number)


def compare_costs(one, base, others):
    """Return {name: (ratio of the rates, Cost, Cost of the base)} for others = {name: messages}.

    Each round measures the base and all others, so that all of them meet the same load on the machine.
    """
    for messages in (base, *others.values()):
        cost(one, messages)
    rounds = [
        (cost(one, base), {name: cost(one, other) for name, other in others.items()}) for _ in range(ROUNDS)
    ]
    return {
        name: (
            statistics.median(found[name].rate / base_cost.rate for base_cost, found in rounds),
            _median([found[name] for _, found in rounds]),
            _median([base_cost for base_cost, _ in rounds]),
        )
        for name in others
    }


def _median(costs):
    return Cost(statistics.median(c.rate for c in costs), statistics.median(c.cpu_ms for c in costs))


def report(question, ratio, target, detail):
    """Print one line, and return True if the target, such as ">= 0.5", is met."""
    bound = float(target.split()[1])
    met = ratio >= bound if target.startswith(">=") else ratio <= bound
    print(f"{question}: {ratio:.2f} (target {target}, {'met' if met else 'MISSED'}); {detail}", flush=True)
    return met
