"""A test runner that also records which tests ran, were skipped or failed, for .ci/run."""

import os
import unittest
from pathlib import Path

from moviebooking.tests.support.runner import TestRunner


class Result(unittest.TextTestResult):
    def startTestRun(self):  # noqa: N802
        super().startTestRun()
        self.ran, self.reasons, self.failed = set(), {}, []

    def addSkip(self, test, reason):  # noqa: N802
        super().addSkip(test, reason)
        self.reasons[test.id()] = reason

    def addError(self, test, err):  # noqa: N802
        super().addError(test, err)
        self.failed.append(test)

    def addFailure(self, test, err):  # noqa: N802
        super().addFailure(test, err)
        self.failed.append(test)

    def addSubTest(self, test, subtest, err):  # noqa: N802
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.failed.append(test)

    def stopTest(self, test):  # noqa: N802
        super().stopTest(test)
        self.ran.add(test.id())


class Runner(TestRunner):
    def get_resultclass(self):
        return Result

    def run_suite(self, suite, **kwargs):
        result = super().run_suite(suite, **kwargs)
        folder = Path(os.environ["CI_RESULTS"])
        _append(folder / "skipped", (f"{test}\t{reason}" for test, reason in result.reasons.items()))
        _append(folder / "ran", result.ran - result.reasons.keys())
        _append(folder / "failed", (f"{test.id()}\t{_may_run_again(test)}" for test in result.failed))
        return result


def _may_run_again(test):
    """Return "again" for a browser test that is not about money, else "never"."""
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    tags = {*getattr(test, "tags", ()), *getattr(method, "tags", ())}  # of its class and its own
    return "again" if "browser" in tags and "money" not in tags else "never"


def _append(file, lines):
    with file.open("a") as out:
        out.writelines(f"{line}\n" for line in sorted(lines))
