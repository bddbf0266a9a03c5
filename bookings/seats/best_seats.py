"""Recommend seats: side by side, near the best point of the screen's layout, leaving no lone seat.

Each part of a party is found in one pass over the seats, which ends where no row further away could be
better. So the work grows with the number of seats, not with the number of ways to seat a party.
"""

from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

from theaters.layout import STEP_FREE

from .seating_rules import runs_of

DEPTH = 2 / 3  # of the way from the screen to the last row, where picture and sound are best
ROW_WEIGHT = 1.6  # one row away is as bad as this many seats away
PENALTY = 12  # in seats of distance, for each lone seat left and each further seat class


def find(layout, free, count, *, code=None):
    """Return the labels of the `count` free seats to recommend, of the seat class `code` if given.

    For two step-free seats, return a wheelchair place and its companion seat. A party that does not fit side
    by side is split as little as possible. Return an empty list if there are not enough seats.
    """
    if code in STEP_FREE:
        return _step_free_seats(layout, free, count)
    wanted = {label for label in free if layout.seats[label].code not in STEP_FREE}
    if code:
        wanted = {label for label in wanted if layout.seats[label].code == code}
    if count < 1 or len(wanted) < count:
        return []
    return _seat_party(_open_runs(layout, free, wanted), _focus(layout), count)


def _seat_party(runs, near, count):
    """Seat the largest part that fits side by side first, then each further part near the one before."""
    taken = []
    while len(taken) < count:
        longest = max(end - start for run in runs for start, end in run.stretches)
        window = _nearest(runs, min(count - len(taken), longest), near)
        taken += window.labels
        near = window.run.row, window.middle
        window.run.take(window)
        if len(taken) == window.size:  # all further parts are of the same class
            for run in runs:
                run.forget_unwanted()
    return taken


def _nearest(runs, size, near):
    """Return the window of `size` wanted seats with the lowest cost; of several, the first in order."""
    lowest, found = (inf,), None
    for run in sorted(runs, key=lambda run: abs(run.row - near[0])):
        rows_away = ROW_WEIGHT * abs(run.row - near[0])
        if rows_away > lowest[0]:
            break
        for window in run.windows(size):
            away = rows_away + abs(window.middle - near[1])
            if away <= lowest[0]:
                cost = away + PENALTY * (window.left_alone + window.classes - 1)
                place = (cost, run.row, window.middle)
                if place < lowest:
                    lowest, found = place, window
    return found


@dataclass
class _Run:
    """Seats side by side in one row. `free` and `wanted` have a bool for each seat."""

    row: int
    seats: list
    free: list
    wanted: list

    def __post_init__(self):
        self.codes = "".join(seat.code for seat in self.seats)
        self._find_stretches()

    def _find_stretches(self):
        """Set `stretches` to the (start, end) of every stretch of wanted seats."""
        self.stretches, start = [], 0
        for is_wanted, group in groupby(self.wanted):
            end = start + len(list(group))
            if is_wanted:
                self.stretches.append((start, end))
            start = end

    def windows(self, size):
        return (
            _Window(self, start, size)
            for first, end in self.stretches
            for start in range(first, end - size + 1)
        )

    def is_free(self, at):
        return 0 <= at < len(self.free) and self.free[at]

    def take(self, window):
        for at in range(window.start, window.start + window.size):
            self.free[at] = self.wanted[at] = False
        self._find_stretches()

    def forget_unwanted(self):
        self.free = self.wanted


@dataclass(frozen=True, slots=True)
class _Window:
    """`size` wanted seats side by side, from the one at `start` of the run."""

    run: _Run
    start: int
    size: int

    @property
    def labels(self):
        return [seat.label for seat in self.run.seats[self.start : self.start + self.size]]

    @property
    def middle(self):
        return self.run.seats[self.start].column + (self.size - 1) / 2

    @property
    def classes(self):
        return len(set(self.run.codes[self.start : self.start + self.size]))

    @property
    def left_alone(self):
        """Return how many of the two seats beside it would lose their only free neighbour."""
        is_free, before, after = self.run.is_free, self.start - 1, self.start + self.size
        return (is_free(before) and not is_free(before - 1)) + (is_free(after) and not is_free(after + 1))


def _open_runs(layout, free, wanted):
    """Return the runs that have a wanted seat."""
    runs = [
        _Run(row, seats, [seat.label in free for seat in seats], [seat.label in wanted for seat in seats])
        for row, places in enumerate(layout.rows)
        for seats in runs_of([places])
    ]
    return [run for run in runs if run.stretches]


def _focus(layout):
    """Return the (row, column) of the best point: two thirds back, in the middle."""
    return (len(layout.rows) - 1) * DEPTH, (layout.width - 1) / 2


def _step_free_seats(layout, free, count):
    """Return a free wheelchair place, for two with the companion seat beside it, or an empty list."""
    runs = list(runs_of(layout.rows, step_free=True))
    if count == 1:
        places = [seat.label for run in runs for seat in run if seat.code == "W" and seat.label in free]
        return places[:1]
    if count == 2:
        for pair in (pair for run in runs for pair in pairwise(run)):
            if {seat.code for seat in pair} == STEP_FREE and all(seat.label in free for seat in pair):
                return [seat.label for seat in pair]
    return []
