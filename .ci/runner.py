"""Django's test runner, which also writes down what ran and what was skipped, for .ci/run."""

import os
import unittest
from pathlib import Path

from django.test.runner import DiscoverRunner


class Result(unittest.TextTestResult):
    def startTestRun(self):  # noqa: N802
        super().startTestRun()
        self.ran, self.reasons = set(), {}

    def addSkip(self, test, reason):  # noqa: N802
        super().addSkip(test, reason)
        self.reasons[test.id()] = reason

    def stopTest(self, test):  # noqa: N802
        super().stopTest(test)
        self.ran.add(test.id())


class Runner(DiscoverRunner):
    def get_resultclass(self):
        return Result

    def run_suite(self, suite, **kwargs):
        result = super().run_suite(suite, **kwargs)
        folder = Path(os.environ["CI_RESULTS"])
        _append(folder / "skipped", (f"{test}\t{reason}" for test, reason in result.reasons.items()))
        _append(folder / "ran", result.ran - result.reasons.keys())
        return result


def _append(file, lines):
    with file.open("a") as out:
        out.writelines(f"{line}\n" for line in sorted(lines))
