"""`python -m bench` asks every question, `python -m bench holds` one; on DATABASE_URL and REDIS_URL."""

import sys
from importlib import import_module

QUESTIONS = ("holds", "seat_status", "growth", "transfer", "stall")


def main(names):
    answers = [import_module(f"bench.{name}").main() for name in names or QUESTIONS]
    return 0 if all(answers) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
