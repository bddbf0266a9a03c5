"""Measure whether a hold takes longer among ten thousand times as many showtimes."""

from .holds import hold_messages
from .load import BRIEF, compare, per_second, report
from .site import site

FEW, MANY = 100, 100_000 if BRIEF else 1_000_000


def main():
    with site(showtimes=FEW) as small, site(showtimes=MANY) as large:
        rate = {}
        for one in (small, large):
            messages = hold_messages(one.cookies, one.showtimes)
            rate[one.port] = lambda port=one.port, messages=messages: per_second(port, messages)
        ratio, few, many = compare(rate[small.port], rate[large.port])
    return report(
        f"cost of a hold among {MANY:,} showtimes / among {FEW}",
        ratio,
        "<= 1.2",
        f"{many:.0f}/s beside {few:.0f}/s",
    )


if __name__ == "__main__":
    raise SystemExit(not main())
