"""How long anybody waits for a provider.

A socket's time-out starts anew with every byte, and looking up a name has none at all, so a call is bounded
from outside: it runs in a thread of its own, and whoever waits for it leaves when the time is up.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import TypeVar

MOST_AT_ONCE = 32
PAGE_SECONDS = 14  # all that one page or click waits for the payment provider

T = TypeVar("T")

_ends: ContextVar[float | None] = ContextVar("payments_patience_ends", default=None)
_slots = BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Every provider call inside, all together, ends within that many seconds or raises PaymentUnavailable.

    As a decorator of a view it bounds the whole page. One inside another never lengthens it.
    """
    ends = monotonic() + seconds
    outer = _ends.get()
    token = _ends.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def seconds_left(most: float) -> float:
    """What the patience around still has, at most that many seconds."""
    ends = _ends.get()
    return most if ends is None else max(0.0, min(most, ends - monotonic()))


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call()` gives, or TimeoutError when the seconds are over or too many such calls hang already."""
    if seconds <= 0 or not _slots.acquire(blocking=False):
        raise TimeoutError
    answer: Future[T] = Future()
    Thread(target=_fetch, args=(answer, call), daemon=True, name="payment-call").start()
    return answer.result(timeout=seconds)


def _fetch(answer: Future[T], call: Callable[[], T]) -> None:
    try:
        answer.set_result(call())
    except BaseException as error:  # whatever it is belongs to the one who waits
        answer.set_exception(error)
    finally:
        _slots.release()
