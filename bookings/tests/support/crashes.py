"""Simulate a process killed at a step: nothing after it runs, and what was committed stays."""

from contextlib import contextmanager, suppress
from unittest import mock


class Killed(BaseException):
    """Raised in place of SIGKILL. No `except Exception` catches it."""


@contextmanager
def killed_before(module, step):
    """Kill the block when it calls the step, before the step does anything."""
    with mock.patch.object(module, step, side_effect=Killed), suppress(Killed):
        yield
        raise AssertionError(f"{step} was never reached")


@contextmanager
def killed_after(module, step):
    """Kill the block when the step has been done and committed, before its caller gets the result."""
    real = getattr(module, step)

    def last(*args, **kwargs):
        real(*args, **kwargs)
        raise Killed

    with mock.patch.object(module, step, last), suppress(Killed):
        yield
        raise AssertionError(f"{step} was never reached")
