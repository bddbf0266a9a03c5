"""Run tests in several processes: Django's way, with what else tests must not share, and a serial part."""

import pickle
import secrets
import traceback
from contextlib import suppress

from django.conf import settings
from django.db import connections
from django.test import override_settings, runner

from . import hypothesis_profile


def init_worker(*args):
    """Set up a test process: its own database, and its own prefix for Redis and cache keys."""
    hypothesis_profile.load()  # where processes are spawned, nothing has loaded it
    runner._init_worker(*args)
    prefix = f"test-{secrets.token_hex(6)}"
    caches = {alias: {**cache, "KEY_PREFIX": prefix} for alias, cache in settings.CACHES.items()}
    override_settings(REDIS_KEY_PREFIX=prefix, CACHES=caches).enable()


class RemoteTestResult(runner.RemoteTestResult):
    """Send errors so that the process that prints them can always read them."""

    def addError(self, test, err):  # noqa: N802
        super().addError(test, self._portable(test, err))

    def addFailure(self, test, err):  # noqa: N802
        super().addFailure(test, self._portable(test, err))

    def addSubTest(self, test, subtest, err):  # noqa: N802
        super().addSubTest(test, subtest, err and self._portable(test, err))

    def _portable(self, test, err):
        """Return the error without the frames of unittest, or its text if it can't be pickled."""
        kind, error, origin = err
        err = kind, error, self._clean_tracebacks(kind, error, origin, test)
        with suppress(Exception):  # pickling runs code of the error's class, which may raise anything
            pickle.loads(pickle.dumps(err))
            return err
        kind = AssertionError if issubclass(kind, AssertionError) else RuntimeError
        return kind, kind("".join(traceback.format_exception(*err))), None


class RemoteTestRunner(runner.RemoteTestRunner):
    resultclass = RemoteTestResult


class ParallelTestSuite(runner.ParallelTestSuite):
    """Run the subsuites in parallel, and then `serial` in this process, while nothing else runs."""

    init_worker = init_worker
    runner_class = RemoteTestRunner

    def __init__(self, subsuites, serial, *args):
        super().__init__(subsuites, *args)
        self.serial = serial

    def run(self, result):
        connections.close_all()  # a process must not inherit a connection
        super().run(result)
        if not result.shouldStop:
            self.serial.run(result)
        return result

    def __iter__(self):
        return iter([*self.subsuites, self.serial])
