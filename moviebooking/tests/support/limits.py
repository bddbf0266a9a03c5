"""Turn throttling on for a test, with counters of its own."""

from django.test import override_settings

from moviebooking import throttle


class LimitsMixin:
    def setUp(self):
        super().setUp()
        self.enterContext(override_settings(THROTTLES=True))
        throttle._limiter.cache_clear()
        throttle._limiter().storage.reset()
        self.addCleanup(throttle._limiter.cache_clear)
        self.addCleanup(lambda: throttle._limiter().storage.reset())
