"""`python -m bench` runs all benchmarks, `python -m bench holds` one, on DATABASE_URL and REDIS_URL."""

import sys
from importlib import import_module

BENCHMARKS = ("holds", "seat_status", "orders", "growth", "transfer", "stall")


def main(names):
    results = [import_module(f"bench.{name}").main() for name in names or BENCHMARKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
