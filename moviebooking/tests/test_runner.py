import hypothesis
from django.conf import settings
from django.test import SimpleTestCase
from hypothesis import HealthCheck

IMPORTED_WITH = hypothesis.settings(max_examples=7)


class HypothesisProfileTests(SimpleTestCase):
    """A slow machine must not fail a property test."""

    def test_every_run_of_the_tests_loads_the_profile_before_it_imports_a_test(self):
        for inherited in (hypothesis.settings.default, IMPORTED_WITH):
            self.assertIsNone(inherited.deadline)
            self.assertIn(HealthCheck.too_slow, inherited.suppress_health_check)

    def test_the_runner_of_the_settings_is_the_projects_own(self):
        self.assertEqual(settings.TEST_RUNNER, "moviebooking.tests.support.runner.TestRunner")
