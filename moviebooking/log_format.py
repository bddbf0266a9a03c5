"""One event, one line, no secrets."""

import logging
import re

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
# What opens something by itself: the token that activates an account or resets a password (…/<who>/<token>/),
# the code of a handed-over ticket, or of a booking that is read without an account, and Stripe's secret.
_SECRET = re.compile(
    r"(/accounts/[\w-]+/[^/\s]+/|/tickets/(?!worker\.js)|/bookings/link/|client_secret=)[^/&\s]+"
)


def without_secrets(text):
    return _SECRET.sub(r"\1…", text)


class OneLine(logging.Formatter):
    """A traceback, or a visitor's line break in a path, must not look like an event of its own."""

    def format(self, record):
        return without_secrets(super().format(record)).replace("\r", "\\r").replace("\n", "\\n")
