"""Measure whether a page takes longer with twenty times the catalogue: cities, movies and showtimes."""

import statistics
import time
from functools import partial

from .load import AS_BROWSER, BRIEF, Connection, compare, report, request
from .site import shared_site, site

TIMES = 20
REQUESTS = 10 if BRIEF else 20  # of a round
VISITORS = {"anonymous": lambda one: "", "signed in": lambda one: one.cookies[0]}  # → Cookie header


def main():
    once = shared_site()
    with site(scale=TIMES) as large:
        met = [_compare(name, who, large, once) for who in VISITORS for name in once.pages]
    return all(met)  # after all of them have been reported


def _compare(name, who, large, once):
    ratio, slow, fast = compare(*[partial(_p50, *_page(one, name, who)) for one in (large, once)])
    return report(
        f"{name}, {who}, with {TIMES} × the catalogue / with one",
        ratio,
        "<= 1.2",
        f"p50 {1000 * slow:.1f} ms beside {1000 * fast:.1f} ms",
    )


def _page(one, name, who):
    return one.port, request("GET", one.pages[name], VISITORS[who](one), headers=AS_BROWSER)


def _p50(port, message):
    """Return the median seconds of some requests, one after the other on one connection."""
    connection, seconds = Connection(port), []
    for _ in range(REQUESTS):
        begin = time.perf_counter()
        if (status := connection.send(message)) != 200:
            raise RuntimeError(f"answered with {status}")
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


if __name__ == "__main__":
    raise SystemExit(not main())
