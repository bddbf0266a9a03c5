"""Layouts for the demo: blocks of seats with aisles between them, the better rows at the back."""


def layout(*, blocks, rows, premium=0, recliner=0, taper=0):
    """Return a layout of `rows` rows. `blocks` are the numbers of seats between two aisles.

    The last rows are recliners, those before them premium. The first `taper` rows are each one seat shorter
    at both ends than the row behind. The front row ends in wheelchair places with a companion's seat.
    """
    lines = [
        _row(blocks, _kind(index, rows, premium, recliner), cut=max(taper - index, 0))
        for index in range(rows)
    ]
    return "\n".join([_step_free(lines[0]), *lines[1:]])


def _kind(index, rows, premium, recliner):
    if index >= rows - recliner:
        return "R"
    return "P" if index >= rows - recliner - premium else "S"


def _row(blocks, kind, cut):
    pattern = "RR_" if kind == "R" else kind
    line = "__".join((pattern * size)[:size] for size in blocks)
    return "_" * cut + line[cut : len(line) - cut] + "_" * cut if cut else line


def _step_free(line):
    """Put a wheelchair place and its companion's seat at both ends of the row: WC left, CW right."""
    left = len(line) - len(line.lstrip("_"))
    right = len(line.rstrip("_"))
    return line[:left] + "WC" + line[left + 2 : right - 2] + "CW" + line[right:]


LAYOUTS = {
    "grand": layout(blocks=(5, 14, 5), rows=18, premium=4, recliner=2, taper=3),
    "giant": layout(blocks=(6, 12, 6), rows=17, premium=5, taper=3),
    "palace": layout(blocks=(8, 8, 8), rows=14, premium=3, recliner=2, taper=2),
    "wide": layout(blocks=(4, 7, 7, 4), rows=11, premium=3, taper=1),
    "steep": layout(blocks=(9, 9), rows=15, premium=4, taper=2),
    "classic": layout(blocks=(4, 10, 4), rows=12, premium=3, taper=2),
    "side": layout(blocks=(11, 5), rows=12, premium=2, recliner=1),
    "square": layout(blocks=(7, 7), rows=11, premium=2, taper=1),
    "deep": layout(blocks=(5, 5), rows=16, premium=4),
    "fan": layout(blocks=(3, 8, 3), rows=11, premium=2, recliner=1, taper=4),
    "slim": layout(blocks=(12,), rows=9, premium=2),
    "studio": layout(blocks=(5, 5), rows=9, premium=2),
    "lounge": layout(blocks=(8, 8), rows=9, recliner=6, taper=1),
    "salon": layout(blocks=(2, 8, 2), rows=8, premium=3),
}
