"""The rush: four visitors per seat of one showtime, 48 at once. Compared with the same orders in a row."""

import statistics
import time
from collections import Counter

from .load import BRIEF, report
from .site import site
from .visitor import SEATS, Visitor, seats_sold, serve, unexpected

WANTED = SEATS[:40] if BRIEF else SEATS
VISITORS, AT_ONCE = 4 * len(WANTED), 48
TURNS = 1 if BRIEF else 3


def main():
    with site(showtimes=2 * TURNS, visitors=VISITORS) as one:
        turns = [_turn(one, *one.showtimes[2 * turn : 2 * turn + 2]) for turn in range(TURNS)]
        sold = [seats_sold(one, showtime) for showtime in one.showtimes]
    statuses = sum((found for found, _, _ in turns), Counter())
    rush, in_a_row = (statistics.median(column) for column in list(zip(*turns, strict=True))[1:])
    ratio = statistics.median(seconds / orders for _, seconds, orders in turns)
    wrong, refused = unexpected(statuses), statuses["POST hold", 409]
    who = f"{VISITORS:,} visitors for {len(WANTED)} seats, {AT_ONCE} at once"
    tickets, seats = min(sold)
    return all(
        [
            report(f"{who}: seats sold / seats", seats / len(WANTED), ">= 1", f"{tickets} tickets"),
            report("the same: unexpected statuses", sum(wrong.values()), "<= 0", f"{wrong or 'none'}"),
            report(
                "the same: its time / the same orders one after the other",
                ratio,
                "<= 1",
                f"{rush:.1f} s beside {in_a_row:.1f} s, {refused} holds were refused",
            ),
        ]
    )


def _turn(one, rushed, quiet):
    """Return (statuses of the rush, its seconds, seconds of as many orders one after the other)."""
    begin = time.perf_counter()
    serve(one, quiet, one.cookies[: len(WANTED)], Visitor.buy_a_seat, at_once=1, wants=WANTED)
    between = time.perf_counter()
    statuses = serve(one, rushed, one.cookies, Visitor.buy_a_seat, at_once=AT_ONCE, wants=WANTED)
    return statuses, time.perf_counter() - between, between - begin


if __name__ == "__main__":
    raise SystemExit(not main())
