"""The rules of choosing: nobody is left a seat between strangers, and a companion's seat has its wheelchair
place.

Works on the rows of a parsed layout and the set of labels that are free for the one who chooses, their own
held seats among them. A run is a stretch of seats side by side in one row; aisles, and the step-free places
that nobody else is to be squeezed against, end it.
"""

from dataclasses import dataclass

from theaters.layout import STEP_FREE


@dataclass(frozen=True)
class Lone:
    """`left`: the free seats that the choice would leave alone; `instead`: as many seats that leave none."""

    left: list
    instead: list


def lone_seats(rows, free, chosen):
    """The free seats that `chosen` leaves without a free neighbour, where each had one before, row by row."""
    chosen, left = set(chosen), []
    for run in runs_of(rows):
        for at, seat in enumerate(run):
            if seat.label not in free or seat.label in chosen:
                continue
            neighbours = {one.label for one in (*run[max(at - 1, 0) : at], *run[at + 1 : at + 2])} & free
            if neighbours and neighbours <= chosen:
                left.append(seat.label)
    return left


def check_lone_seats(layout, free, chosen):
    """None when the choice is fine by the rule, else the Lone that says what to take instead.

    A row is only refused where as many seats of the same classes could be taken in it, side by side, that
    leave nobody alone: the last seats of a row can always be sold.
    """
    left, instead = [], []
    for row in layout.rows:
        mine = [seat for seat in row if seat and seat.label in chosen]
        alone = lone_seats([row], free, chosen) if mine else []
        other = _like(row, free, mine) if alone else []
        left += alone if other else []
        instead += other or [seat.label for seat in mine]
    return Lone(left, instead) if left else None


def companions_alone(layout, chosen):
    """The companion seats among `chosen` without a wheelchair place beside them in the same choice."""
    alone = []
    for row in layout.rows:
        for at, seat in enumerate(row):
            if seat and seat.label in chosen and seat.code == "C":
                beside = (one for one in (*row[max(at - 1, 0) : at], *row[at + 1 : at + 2]) if one)
                if not any(one.code == "W" and one.label in chosen for one in beside):
                    alone.append(seat.label)
    return alone


def runs_of(rows, *, step_free=False):
    """Stretches of seats side by side; of all kinds with `step_free`."""
    for row in rows:
        run = []
        for seat in (*row, None):
            if seat and (step_free or seat.code not in STEP_FREE):
                run.append(seat)
            elif run:
                yield run
                run = []


def _windows(rows, wanted, size):
    """Every stretch of `size` wanted seats side by side."""
    return [
        run[at : at + size]
        for run in runs_of(rows)
        for at in range(len(run) - size + 1)
        if all(seat.label in wanted for seat in run[at : at + size])
    ]


def _like(row, free, mine):
    """As many seats of the same classes side by side in the row that leave none alone, the nearest to
    `mine`.
    """
    classes, middle = sorted(seat.code for seat in mine), sum(seat.column for seat in mine) / len(mine)
    fits = [
        window
        for window in _windows([row], free, len(mine))
        if sorted(seat.code for seat in window) == classes
        and not lone_seats([row], free, {seat.label for seat in window})
    ]
    if not fits:
        return []
    nearest = min(fits, key=lambda window: abs((window[0].column + window[-1].column) / 2 - middle))
    return [seat.label for seat in nearest]
