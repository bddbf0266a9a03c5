"""The test runner of the project: Django's, in parallel unless told otherwise."""

from django.test.runner import (
    DiscoverRunner,
    get_max_test_processes,
    iter_test_cases,
    partition_suite_by_case,
    test_match_tags,
)

from . import hypothesis_profile
from .parallel import ParallelTestSuite

SERIAL = "serial"  # the tag of tests that need the machine for themselves


class TestRunner(DiscoverRunner):
    """Run the tests of several modules in a process per core, and then those tagged `serial` one by one.

    `--parallel N` sets the number of processes. With `--pdb` or `--debug-sql`, and for a single module,
    there is one.
    """

    def __init__(self, **options):
        super().__init__(**options)
        self.processes = self.parallel or (1 if self.pdb or self.debug_sql else None)
        self.parallel = 0  # until the tests are known

    def setup_test_environment(self, **kwargs):
        hypothesis_profile.load()
        super().setup_test_environment(**kwargs)

    def build_suite(self, test_labels=None, **kwargs):
        suite = super().build_suite(test_labels, **kwargs)
        together = [test for test in iter_test_cases(suite) if not is_serial(test)]
        serial = [test for test in iter_test_cases(suite) if is_serial(test)]
        subsuites = partition_suite_by_case(self.test_suite(together))
        self.parallel = min(self.processes or default_processes(together), len(subsuites))
        if self.parallel < 2:
            return suite
        self.log(f"Running them in {self.parallel} processes, the last {len(serial)} one by one.")
        return ParallelTestSuite(
            subsuites, self.test_suite(serial), self.parallel, self.failfast, self.debug_mode, self.buffer
        )


def default_processes(tests):
    """Return one process per core. A single module is faster in one process."""
    modules = {type(test).__module__ for test in tests}
    return get_max_test_processes() if len(modules) > 1 else 1


def is_serial(test):
    """Return True for a test tagged `serial`, and for one that failed to load, which can't be pickled."""
    return test_match_tags(test, {SERIAL}, set())
