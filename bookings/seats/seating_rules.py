"""Rules for a selection: it leaves no lone seat, and a companion seat goes with its wheelchair place.

The functions take the rows of a parsed layout and the set of labels that are free for the visitor, including
the seats that they hold. A run is a stretch of seats side by side in one row. Aisles end it, and so do
step-free places, because nobody should be squeezed against them.
"""

from dataclasses import dataclass

from theaters.layout import STEP_FREE


@dataclass(frozen=True)
class LoneSeats:
    """`left`: free seats that a selection would leave alone; `instead`: as many seats that leave none."""

    left: list
    instead: list


def lone_seats(rows, free, chosen):
    """Return the free seats that `chosen` leaves without a free neighbour and that had one before."""
    chosen = set(chosen)
    left = []
    for run in runs_of(rows):
        for at, seat in enumerate(run):
            if seat.label not in free or seat.label in chosen:
                continue
            neighbours = {neighbour.label for neighbour in _beside(run, at)} & free
            if neighbours and neighbours <= chosen:
                left.append(seat.label)
    return left


def check_lone_seats(layout, free, chosen):
    """Return None if the selection leaves no lone seat, else the LoneSeats that says what to choose instead.

    A row counts only if as many seats of the same classes, side by side, would leave none: the last seats of
    a row can always be sold.
    """
    left, instead = [], []
    for row in layout.rows:
        mine = [seat for seat in row if seat and seat.label in chosen]
        alone = lone_seats([row], free, chosen) if mine else []
        other = _same_seats_elsewhere(row, free, mine) if alone else []
        if other:
            left += alone
        instead += other or [seat.label for seat in mine]
    return LoneSeats(left, instead) if left else None


def companions_alone(layout, chosen):
    """Return the companion seats in `chosen` that have no chosen wheelchair place beside them."""
    alone = []
    for row in layout.rows:
        for at, seat in enumerate(row):
            if seat and seat.label in chosen and seat.code == "C":
                beside = filter(None, _beside(row, at))
                if not any(place.code == "W" and place.label in chosen for place in beside):
                    alone.append(seat.label)
    return alone


def _beside(seats, at):
    """Return the one or two items beside the one at that index."""
    return [*seats[max(at - 1, 0) : at], *seats[at + 1 : at + 2]]


def runs_of(rows, *, step_free=False):
    """Yield every run of seats, a list; with `step_free`, step-free places are part of runs, too."""
    for row in rows:
        run = []
        for seat in (*row, None):
            if seat and (step_free or seat.code not in STEP_FREE):
                run.append(seat)
            elif run:
                yield run
                run = []


def _windows(rows, wanted, size):
    """Return every window of `size` wanted seats side by side."""
    return [
        run[at : at + size]
        for run in runs_of(rows)
        for at in range(len(run) - size + 1)
        if all(seat.label in wanted for seat in run[at : at + size])
    ]


def _same_seats_elsewhere(row, free, mine):
    """Return as many seats of the same classes, side by side in the row, that leave no lone seat.

    They are the nearest such seats to `mine`; an empty list if there are none.
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
