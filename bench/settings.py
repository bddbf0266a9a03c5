"""Production settings, plus an empty view behind the same middleware."""

import os

from moviebooking.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
STATIC_ROOT = os.environ["BENCH_STATIC_ROOT"]
REDIS_KEY_PREFIX = os.environ["BENCH_KEY_PREFIX"]
CACHES["default"]["KEY_PREFIX"] = REDIS_KEY_PREFIX  # noqa: F405
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
