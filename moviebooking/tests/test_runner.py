import multiprocessing
import pickle
import sys
import traceback
from unittest import TestSuite

import hypothesis
from django.conf import settings
from django.core.cache import cache
from django.test import SimpleTestCase, tag
from django.test.runner import iter_test_cases
from hypothesis import HealthCheck

from .support.parallel import ParallelTestSuite, RemoteTestResult, init_worker
from .support.runner import TestRunner

IMPORTED_WITH = hypothesis.settings(max_examples=7)
HERE, ELSEWHERE = "moviebooking.tests.test_runner", "moviebooking.tests.test_money"
SERIAL = f"{HERE}.ProcessTests"


class HypothesisProfileTests(SimpleTestCase):
    """A slow machine must not fail a property test."""

    def test_every_run_of_the_tests_loads_the_profile_before_it_imports_a_test(self):
        for inherited in (hypothesis.settings.default, IMPORTED_WITH):
            self.assertIsNone(inherited.deadline)
            self.assertIn(HealthCheck.too_slow, inherited.suppress_health_check)

    def test_the_runner_of_the_settings_is_the_projects_own(self):
        self.assertEqual(settings.TEST_RUNNER, "moviebooking.tests.support.runner.TestRunner")


def built(*labels, **options):
    return TestRunner(verbosity=0, **options).build_suite(labels)


def kind_and_processes(suite):
    return type(suite), getattr(suite, "processes", 1)


class PlanTests(SimpleTestCase):
    """The choice of tests to run in parallel, and of the number of processes."""

    def test_a_single_module_runs_in_one_process(self):
        self.assertEqual(kind_and_processes(built(HERE)), (TestSuite, 1))

    def test_the_option_asks_for_processes_or_for_one(self):
        asked = {number: kind_and_processes(built(HERE, ELSEWHERE, parallel=number)) for number in (1, 2)}

        self.assertEqual(asked, {1: (TestSuite, 1), 2: (ParallelTestSuite, 2)})

    def test_debuggers_get_one_process(self):
        for option in ("pdb", "debug_sql"):
            with self.subTest(option):
                self.assertEqual(kind_and_processes(built(HERE, ELSEWHERE, **{option: True})), (TestSuite, 1))

    def test_every_test_is_in_the_suite_once_and_serial_ones_are_apart(self):
        one_by_one, suite = built(HERE, ELSEWHERE, parallel=1), built(HERE, ELSEWHERE, parallel=2)

        def names(tests):
            return sorted(test.id() for test in iter_test_cases(tests))

        self.assertEqual(names(suite), names(one_by_one))
        self.assertEqual(names(suite.serial), [name for name in names(suite) if name.startswith(SERIAL)])

    def test_a_module_that_can_not_be_imported_fails_in_this_process(self):
        suite = built(HERE, ELSEWHERE, "no.such.module", parallel=2)

        self.assertIn("unittest.loader._FailedTest.no", [test.id() for test in suite.serial])


def prefixes():
    return settings.REDIS_KEY_PREFIX, cache.key_prefix


def prefixes_in_a_new_process():
    """Return the prefixes of the keys that a process for tests writes to Redis and to the cache."""
    arguments = [multiprocessing.Value("i", 0), None, None, None, None, False, set()]
    with multiprocessing.Pool(1, init_worker, arguments) as pool:
        found = pool.apply(prefixes)
        pool.close()
        pool.join()
    return found


@tag("serial")  # the processes of a pool can't start processes
class ProcessTests(SimpleTestCase):
    def test_each_process_writes_keys_of_its_own_to_redis_and_to_the_cache(self):
        used = [prefixes_in_a_new_process() for _ in range(2)]

        self.assertEqual([redis for redis, _ in used], [cached for _, cached in used])
        self.assertEqual(len({settings.REDIS_KEY_PREFIX, *[redis for redis, _ in used]}), 3)


class Unpicklable(Exception):
    def __reduce__(self):
        raise TypeError("not today")


def raised(error):
    try:
        raise error
    except Exception:  # noqa: BLE001 - the kind does not matter
        return sys.exc_info()


class SentErrorTests(SimpleTestCase):
    """Errors as they reach the process that prints the results."""

    def sent(self, error):
        result = RemoteTestResult()
        result.addError(self, raised(error))
        ((_, _, sent),) = pickle.loads(pickle.dumps(result.events))
        return sent

    def test_an_ordinary_error_keeps_its_kind_and_traceback(self):
        kind, error, origin = self.sent(ValueError("wrong"))

        self.assertEqual((kind, str(error)), (ValueError, "wrong"))
        self.assertEqual(traceback.extract_tb(origin)[-1].name, "raised")

    def test_an_error_that_can_not_be_pickled_is_sent_as_text(self):
        kind, error, _ = self.sent(Unpicklable("wrong"))

        self.assertEqual(kind, RuntimeError)
        self.assertRegex(str(error), r"(?s)^Traceback .* in raised\n.*Unpicklable: wrong\n$")

    def test_a_failure_that_can_not_be_pickled_still_counts_as_a_failure(self):
        failure = type("UnpicklableFailure", (Unpicklable, AssertionError), {})

        self.assertEqual(self.sent(failure("wrong"))[0], AssertionError)
