"""Which seats to take: the best ones together, and the rule that nobody is left a seat between strangers.

Works on the rows of a parsed layout and the set of labels that are free for the one who chooses, their own
held seats among them. A run is a stretch of seats side by side in one row; aisles, and the step-free places
that nobody else is to be squeezed against, end it.
"""

from dataclasses import dataclass

from theaters.layout import STEP_FREE

DEPTH = 2 / 3  # of the hall from the screen: where picture and sound are mixed to be best
ROW_WEIGHT = 1.6  # a row further is worse than a seat further
ODD_ONE_OUT = 12  # what leaving a lone seat, or mixing seat classes, weighs against distance


@dataclass(frozen=True)
class Lone:
    """`left`: the free seats that the choice would leave alone; `instead`: as many seats that leave none."""

    left: list
    instead: list


def best(layout, free, count, *, code=None):
    """The `count` seats to recommend: side by side and near the best point of the hall, of the class `code`
    if given.

    A wheelchair place comes with its companion's seat when two are asked for. In a hall too full for one
    run the party is parted as little as possible. Empty when there are not that many.
    """
    if code in STEP_FREE:
        return _step_free(layout, free, count)
    wanted = {label for label in free if layout.seats[label].code not in STEP_FREE}
    if code:
        wanted = {label for label in wanted if layout.seats[label].code == code}
    if count < 1 or len(wanted) < count:
        return []
    near = _focus(layout)
    for size in range(count, 0, -1):
        windows = _windows(layout.rows, wanted, size)
        if windows:
            first = min(windows, key=lambda window: _cost(window, layout.rows, free, near))
            taken = [seat.label for seat in first]
            rest = set(wanted) - set(taken)
            return taken + _beside(layout, rest, count - size, first)
    return []


def lone_seats(rows, free, chosen):
    """The free seats that `chosen` leaves without a free neighbour, where each had one before, row by row."""
    chosen, left = set(chosen), []
    for run in _runs(rows):
        for at, seat in enumerate(run):
            if seat.label not in free or seat.label in chosen:
                continue
            neighbours = {one.label for one in (*run[max(at - 1, 0) : at], *run[at + 1 : at + 2])} & free
            if neighbours and neighbours <= chosen:
                left.append(seat.label)
    return left


def judge(layout, free, chosen):
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


def _runs(rows, *, step_free=False):
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
        for run in _runs(rows)
        for at in range(len(run) - size + 1)
        if all(seat.label in wanted for seat in run[at : at + size])
    ]


def _focus(layout):
    """(row, column) of the best point: two thirds back, in the middle."""
    return (len(layout.rows) - 1) * DEPTH, (layout.width - 1) / 2


def _cost(window, rows, free, near):
    row = next(index for index, places in enumerate(rows) if window[0] in places)
    middle = (window[0].column + window[-1].column) / 2
    alone = len(lone_seats([rows[row]], free, {seat.label for seat in window}))
    mixed = len({seat.code for seat in window}) - 1
    return ROW_WEIGHT * abs(row - near[0]) + abs(middle - near[1]) + ODD_ONE_OUT * (alone + mixed)


def _beside(layout, free, count, first):
    """The rest of a party that has to be parted: as near to the first run as can be."""
    if not count:
        return []
    row = next(index for index, places in enumerate(layout.rows) if first[0] in places)
    near = (row, (first[0].column + first[-1].column) / 2)
    for size in range(count, 0, -1):
        windows = _windows(layout.rows, free, size)
        if windows:
            window = min(windows, key=lambda one: _cost(one, layout.rows, free, near))
            taken = [seat.label for seat in window]
            return taken + _beside(layout, set(free) - set(taken), count - size, window)
    return []


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


def _step_free(layout, free, count):
    """A free wheelchair place, and for two the companion's seat beside it."""
    runs = list(_runs(layout.rows, step_free=True))
    pairs = [pair for run in runs for pair in zip(run, run[1:], strict=False)]
    for pair in pairs if count == 2 else []:
        if {seat.code for seat in pair} == set(STEP_FREE) and all(seat.label in free for seat in pair):
            return [seat.label for seat in pair]
    places = [seat.label for run in runs for seat in run if seat.code == "W" and seat.label in free]
    return places[:1] if count == 1 else []
