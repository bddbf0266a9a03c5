"""Read CSV with a header line. An unclosed quote invalidates its own line, not those after it."""

import csv
import re
from collections import Counter, deque

from .raw import Row, Unreadable

MOST_COLUMNS = 500  # seven are used; a file with more is not a list of movies
SEPARATOR_LINE = re.compile(r'"?sep=([,;|\t])"?\s*', re.I)  # Excel's directive before the header


class Lines:
    """An iterator of the file's lines for csv.reader that can take lines back, to be read again.

    It keeps the lines of one record; the csv module limits a cell to 131,072 characters.
    """

    def __init__(self, file):
        self.file, self.ahead, self.taken, self.number = file, deque(), [], 0

    def __iter__(self):
        return self

    def __next__(self):
        line = self.ahead.popleft() if self.ahead else next(self.file)
        self.taken.append(line)
        self.number += 1
        return line

    def begin_record(self):
        self.taken = []

    def give_back(self, count):
        """Take back the last `count` lines, to be read again."""
        for _ in range(count):
            self.ahead.appendleft(self.taken.pop())
        self.number -= count


def csv_rows(file):
    lines = Lines(file)
    delimiter = _delimiter(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _header(lines, reader, delimiter)
    number = 0
    while True:
        cells, problem = _record(lines, reader, delimiter)
        if cells is None:
            return
        if not problem and not any(cell.strip() for cell in cells):
            continue
        number += 1
        if any(cell.strip() for cell in cells[len(header) :]):
            problem = f"it has {len(cells)} cells, the header {len(header)}"
        values = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
        yield Row(number, f"line {lines.number}", values, problem)


def _delimiter(lines):
    """Return the delimiter, named by a `sep=` line or found in the header. The header is still to be read."""
    named = None
    for line in lines:
        if "\0" in line:
            raise Unreadable("it is in an encoding that is not known here (UTF-8 is)")
        if found := SEPARATOR_LINE.fullmatch(line):
            named = found[1]
        elif line.strip(",;\t \r\n"):
            lines.give_back(1)
            return named or max(",;\t", key=line.count)
        lines.begin_record()
    return ","


def _header(lines, reader, delimiter):
    cells, problem = _record(lines, reader, delimiter)
    if problem:
        raise Unreadable(f"its header: {problem}")
    header = [name.strip().lower() for name in cells or []]
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"its header has {len(header)} columns; at most {MOST_COLUMNS} are read")
    if twice := sorted(name for name, times in Counter(header).items() if name and times > 1):
        raise Unreadable(f"its header names “{twice[0]}” twice")
    return header


def _record(lines, reader, delimiter):
    """Return (cells, problem) of the next record; the cells are None at the end.

    Malformed CSV may have swallowed good records, so only its first line is used and the rest is read again.
    """
    lines.begin_record()
    try:
        return next(reader, None), ""
    except csv.Error:
        lines.give_back(len(lines.taken) - 1)
    alone = csv.reader([*lines.taken, "\n"], delimiter=delimiter)
    try:
        cells = next(alone)
    except csv.Error as error:
        return [], f"it is no CSV: {error}"
    if alone.line_num > 1:
        return [], "it is no CSV: a quote that opens on this line is not closed"
    return cells, ""
