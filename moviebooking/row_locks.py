"""Take row locks. All code of the site takes them here.

In a request, the threads that want to lock a row form a queue, one per row and process. The first of it waits
in the database, the others wait here for as long as the queue moves, and are refused soon after it stops:
later if somebody got the row a moment ago, because then it is a rush. So a rush queues up, while a row that
stays locked occupies one thread of the process and not all of them. docs/decisions/0094 gives the reasons.
"""

from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import Condition
from time import monotonic

from cachetools import TTLCache
from django.db import OperationalError, connections

from .database_limits import in_request, limits, uncounted_waits

MOST_WAITING = 2  # threads of a process that may wait in the database; gunicorn.conf.py relies on it
STILL_SECONDS = 0.4  # once a queue has not moved for so long, only its first thread waits on
STILL_SECONDS_IN_RUSH = 1.0  # the same, for a row whose queue has moved in the last FORGET_SECONDS
TRY_SECONDS = 0.1  # how long to wait for a thread that is just finding out whether the row is free
FORGET_SECONDS = 10  # how long an empty queue, and that a queue has moved, is remembered
TIMEOUT_STATES = {"55P03", "57014"}  # lock_not_available; query_canceled: one row may be waited for twice


class RowBusy(OperationalError):
    """Other transactions keep the row locked."""


@dataclass
class _Queue:
    moved: float  # when a thread last got the lock, or the first one arrived
    has_first: bool = False
    length: int = 0


_queues = {}
_moved = TTLCache(maxsize=1000, ttl=FORGET_SECONDS)  # keys of rows whose queue has moved
_tries = Counter()  # keys of rows → threads that are finding out whether the row is free
_change = Condition()
_waiting = 0


def lock(rows, pk, *, of=(), busy=RowBusy):
    """Return the row of the queryset `rows` with this key, locked until the transaction ends.

    Raise `busy` if the row stays locked by others. The lock is FOR NO KEY UPDATE, because FOR UPDATE would
    also block every insert that references the row.
    """
    one = rows.filter(pk=pk)
    if not in_request():
        with _raise_busy(busy):
            return one.select_for_update(no_key=True, of=of).get()
    key = (rows.model._meta.label, pk)
    with _try(key):
        free = one.select_for_update(no_key=True, of=of, skip_locked=True).first()
        if free is not None:
            _record_free(key)
            return free
    with _raise_busy(busy), _turn(key), _longer_wait(rows.db):
        return one.select_for_update(no_key=True, of=of).get()


def lock_all(rows, *, of=(), busy=RowBusy):
    """Return the rows of the queryset, locked in the order of their keys until the transaction ends.

    Raise `busy` if one of them can't be locked in time.
    """
    key = (rows.model._meta.label, "all")
    queue = in_request()
    with (
        _raise_busy(busy),
        _turn(key) if queue else nullcontext(),
        _longer_wait(rows.db) if queue else nullcontext(),
    ):
        return list(rows.select_for_update(no_key=True, of=of).order_by("pk"))


@contextmanager
def _raise_busy(busy):
    try:
        yield
    except OperationalError as error:
        if isinstance(error, RowBusy) or getattr(error.__cause__, "sqlstate", "") in TIMEOUT_STATES:
            raise busy() from error
        raise


@contextmanager
def _longer_wait(using):
    """Let the database keep this thread waiting for as long as the first of a queue may wait."""
    if connections[using].vendor != "postgresql":
        yield
        return
    _set_lock_timeout(using, limits().queued_lock)
    with uncounted_waits():
        yield
    _set_lock_timeout(using, limits().lock)  # after an error the transaction is over anyway


def _set_lock_timeout(using, seconds):
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds * 1000:.0f}ms"])


@contextmanager
def _try(key):
    """Let the queue know that this thread is finding out whether the row is free."""
    with _change:
        _tries[key] += 1
    try:
        yield
    finally:
        with _change:
            _tries[key] -= 1
            if not _tries[key]:
                del _tries[key]
                _change.notify_all()


@contextmanager
def _turn(key):
    """Be the first of the queue inside the `with` block: the one thread that may wait in the database."""
    _enter(key)
    got_through = True
    try:
        yield
    except OperationalError:
        got_through = False
        raise
    finally:
        _exit(key, got_through)


def _enter(key):
    """Wait until this thread is the first of the queue, or raise RowBusy when the queue stops moving."""
    global _waiting
    came = monotonic()
    with _change:
        queue = _queue(key)
        queue.length += 1
        while queue.has_first or _waiting >= MOST_WAITING:
            left = _time_left(key, queue, came)
            if left <= 0:
                queue.length -= 1
                raise RowBusy(f"{key} has been locked for too long")
            _change.wait(left)
        queue.has_first = True
        _waiting += 1


def _time_left(key, queue, came):
    """Return how many seconds a thread that came at that time waits on, or 0 or less."""
    patience = STILL_SECONDS_IN_RUSH if key in _moved else STILL_SECONDS
    left = queue.moved + patience - monotonic()
    if left <= 0 and key in _tries:  # the row may just have come free
        return came + TRY_SECONDS - monotonic()
    return left


def _queue(key):
    """Return the row's queue. An empty queue is kept for a while, to remember that it had stopped."""
    queue = _queues.get(key)
    if queue is None or (not queue.length and monotonic() - queue.moved > FORGET_SECONDS):
        queue = _queues[key] = _Queue(moved=monotonic())
    return queue


def _exit(key, got_through):
    global _waiting
    with _change:
        queue = _queues[key]
        queue.has_first = False
        queue.length -= 1
        _waiting -= 1
        if got_through:
            _record_move(key, queue)
        _change.notify_all()


def _record_free(key):
    """Record that a thread found the row free."""
    if key in _queues:
        with _change:
            if queue := _queues.get(key):
                _record_move(key, queue)
                _change.notify_all()


def _record_move(key, queue):
    queue.moved = monotonic()
    _moved[key] = True
    if not queue.length:
        del _queues[key]
