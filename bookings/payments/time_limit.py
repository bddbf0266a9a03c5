"""Limits on how long anything waits for a payment provider.

A socket's timeout restarts with every byte, and a DNS lookup has none. So each call runs in a thread of its
own, and its caller stops waiting when the time is up.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import TypeVar

MAX_CONCURRENT_CALLS = 32
PAGE_SECONDS = 14  # for all provider calls of one page or click

T = TypeVar("T")

_ends: ContextVar[float | None] = ContextVar("payments_time_limit_ends", default=None)
_slots = BoundedSemaphore(MAX_CONCURRENT_CALLS)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the provider calls inside to that many seconds in total; then they raise PaymentUnavailable.

    As a decorator it limits a whole view. An inner limit never extends an outer one.
    """
    ends = monotonic() + seconds
    outer = _ends.get()
    token = _ends.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def seconds_left(most: float) -> float:
    """Return the seconds left of the time limit around this call, at most `most`; without a limit `most`."""
    ends = _ends.get()
    return most if ends is None else max(0.0, min(most, ends - monotonic()))


def call_within(seconds: float, call: Callable[[], T]) -> T:
    """Return `call()`. Raise TimeoutError after that many seconds, or if too many calls are under way."""
    if seconds <= 0 or not _slots.acquire(blocking=False):
        raise TimeoutError
    result: Future[T] = Future()
    Thread(target=_run, args=(result, call), daemon=True, name="payment-call").start()
    return result.result(timeout=seconds)


def _run(result: Future[T], call: Callable[[], T]) -> None:
    try:
        result.set_result(call())
    except BaseException as error:  # raised again where the result is waited for
        result.set_exception(error)
    finally:
        _slots.release()
