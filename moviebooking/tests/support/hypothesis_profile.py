"""One Hypothesis profile for all property tests."""

import os

from hypothesis import HealthCheck, settings

PROFILE = "moviebooking"

# Tests share their machine with others, so how long an example takes says nothing about the code: neither the
# deadline of an example nor the check that generating data is fast may fail a test.
settings.register_profile(
    PROFILE,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),  # in CI, a run must fail because of the change and not by chance
)


def load():
    """Load the profile. Call it before any test module is imported: `@settings` inherits it at import."""
    settings.load_profile(PROFILE)
