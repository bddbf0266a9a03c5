"""`python -m bench` runs all benchmarks, `python -m bench holds` one, on DATABASE_URL and REDIS_URL.

With BRIEF=1 they take about a minute: fewer and shorter rounds, smaller sizes, rougher figures.
"""

import signal
import sys
from importlib import import_module

from .load import BRIEF

BENCHMARKS = (
    "anonymous_pages",
    "signed_in_pages",
    "seat_status",
    "holds",
    "orders",
    "rush",
    "rivals",
    "page_growth",
    "hold_growth",
    "memory",
    "transfer",
    "stall",
)


def main(names):
    if BRIEF:
        print("BRIEF: few and short rounds and smaller sizes, so the figures are rough.", flush=True)
    results = [import_module(f"bench.{name}").main() for name in names or BENCHMARKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stop the servers and drop the databases first
    sys.exit(main(sys.argv[1:]))
