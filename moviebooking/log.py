"""One event, one line, no secrets."""

import logging
import re

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
# Links that activate an account or reset a password (…/<who>/<token>/), and the secret in Stripe’s.
_SECRET = re.compile(r"(/accounts/[\w-]+/[^/\s]+/|client_secret=)[^/&\s]+")


def without_secrets(text):
    return _SECRET.sub(r"\1…", text)


class OneLine(logging.Formatter):
    """A traceback, or a visitor's line break in a path, must not look like an event of its own."""

    def format(self, record):
        return without_secrets(super().format(record)).replace("\r", "\\r").replace("\n", "\\n")
