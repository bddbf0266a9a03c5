"""Measure whether clients that never close their side after the last response slow down the others."""

import socket
from threading import Event, Thread

from .load import compare, empty_view, per_second, report
from .site import shared_site

HOLDERS = 12  # as many as there are threads in all
LAST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def main():
    one = shared_site()
    empty = empty_view(one.cookies)

    def alone():
        return per_second(one.port, empty)

    def beside_holders():
        over = Event()
        holders = [Thread(target=_hold, args=(one.port, over)) for _ in range(HOLDERS)]
        for holder in holders:
            holder.start()
        try:
            return per_second(one.port, empty)
        finally:
            over.set()
            for holder in holders:
                holder.join()

    ratio, beside, quiet = compare(beside_holders, alone)
    return report(
        f"beside {HOLDERS} clients that never close / alone",
        ratio,
        ">= 0.8",
        f"{beside:.0f}/s, {quiet:.0f}/s",
    )


def _hold(port, over):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.sendall(LAST)
        link.recv(4096)
        over.wait()


if __name__ == "__main__":
    raise SystemExit(not main())
