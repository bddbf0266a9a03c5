"""A process that dies at a step: nothing after it runs, no handler sees it, and what was committed stays."""

from contextlib import contextmanager, suppress
from unittest import mock


class Killed(BaseException):
    """No `except Exception` stops it, as nothing stops SIGKILL."""


@contextmanager
def killed_before(module, step):
    with mock.patch.object(module, step, side_effect=Killed), suppress(Killed):
        yield
        raise AssertionError(f"{step} was never reached")


@contextmanager
def killed_after(module, step):
    """The step is done, and committed; whoever called it never hears of that."""
    real = getattr(module, step)

    def last(*args, **kwargs):
        real(*args, **kwargs)
        raise Killed

    with mock.patch.object(module, step, last), suppress(Killed):
        yield
        raise AssertionError(f"{step} was never reached")
