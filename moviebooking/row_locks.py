"""Row locks, the only way to take one: a writer waits while the row's writers move on, and is refused at once
where they do not.

In a page a row's writers stand in a line, one for each row and process. The first of it waits in the
database; the others wait here, for as long as the line moves. So a rush queues up, and a row that somebody
keeps locked takes one thread of the process and not all of them. Why so: docs/decisions/0094.
"""

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import Condition
from time import monotonic

from django.db import OperationalError

from .database_limits import in_request

MOST_WAITING = 2  # threads of this process that the database may keep waiting; gunicorn.conf.py has more
STILL_SECONDS = 0.4  # without a move for so long, nobody but the first of the line waits any longer
FORGET_SECONDS = 10  # what is known of a line where nobody stands any more
IN_VAIN = {"55P03", "57014"}  # lock_not_available; query_canceled, since one row may be waited for twice


class RowBusy(OperationalError):
    """Others keep the row locked."""


@dataclass
class _Line:
    moved: float  # when somebody got through, or the first one came
    has_first: bool = False
    length: int = 0


_lines = {}
_change = Condition()
_waiting = 0


def lock(rows, pk, *, of=(), busy=RowBusy):
    """Return the row of the queryset `rows` with this key, locked until the transaction ends.

    Raise `busy` where its turn does not come. A plain FOR UPDATE would make every insert that points at the
    row wait, too, so the lock is one FOR NO KEY UPDATE.
    """
    one = rows.filter(pk=pk)
    if not in_request():
        with _busy_as(busy):
            return one.select_for_update(no_key=True, of=of).get()
    free = one.select_for_update(no_key=True, of=of, skip_locked=True).first()
    key = (rows.model._meta.label, pk)
    if free is None:
        with _busy_as(busy), _turn(key):
            return one.select_for_update(no_key=True, of=of).get()
    _moved(key)
    return free


def lock_all(rows, *, of=(), busy=RowBusy):
    """Return the rows of the queryset, locked until the transaction ends in the order of their keys.

    Raise `busy` where one of them is not to be had in time.
    """
    key = (rows.model._meta.label, "all")
    with _busy_as(busy), _turn(key) if in_request() else nullcontext():
        return list(rows.select_for_update(no_key=True, of=of).order_by("pk"))


@contextmanager
def _busy_as(refusal):
    try:
        yield
    except OperationalError as error:
        if isinstance(error, RowBusy) or getattr(error.__cause__, "sqlstate", "") in IN_VAIN:
            raise refusal() from error
        raise


@contextmanager
def _turn(key):
    """Inside, this thread is the one of its line that the database may keep waiting."""
    _come_first(key)
    got_through = True
    try:
        yield
    except OperationalError:
        got_through = False
        raise
    finally:
        _leave(key, got_through)


def _come_first(key):
    """Wait until nobody else of the line is the first, or raise RowBusy."""
    global _waiting
    with _change:
        line = _line(key)
        line.length += 1
        while line.has_first or _waiting >= MOST_WAITING:
            left = line.moved + STILL_SECONDS - monotonic()
            if left <= 0:
                line.length -= 1
                raise RowBusy(f"{key} has been locked for too long")
            _change.wait(left)
        line.has_first = True
        _waiting += 1


def _line(key):
    """The row's line; one that stood still when its last writer left still does, for a while."""
    line = _lines.get(key)
    if line is None or (not line.length and monotonic() - line.moved > FORGET_SECONDS):
        line = _lines[key] = _Line(moved=monotonic())
    return line


def _leave(key, got_through):
    global _waiting
    with _change:
        line = _lines[key]
        line.has_first = False
        line.length -= 1
        _waiting -= 1
        if got_through:
            _note_move(key, line)
        _change.notify_all()


def _moved(key):
    """Somebody found the row free."""
    if key in _lines:
        with _change:
            if line := _lines.get(key):
                _note_move(key, line)
                _change.notify_all()


def _note_move(key, line):
    line.moved = monotonic()
    if not line.length:
        del _lines[key]
