"""Log each event as one line, without secrets."""

import logging
import re

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
# What grants access by itself: the token that activates an account or resets a password (…/<uid>/<token>/),
# the code of a shared ticket or of a booking without an account, and Stripe's client secret.
_SECRET = re.compile(
    r"(/accounts/[\w-]+/[^/\s]+/|/tickets/(?!worker\.js)|/bookings/link/|client_secret=)[^/&\s]+"
)


def without_secrets(text):
    return _SECRET.sub(r"\1…", text)


class OneLine(logging.Formatter):
    """Escape line breaks, so that a traceback or a path sent by a client can't look like another event."""

    def format(self, record):
        return without_secrets(super().format(record)).replace("\r", "\\r").replace("\n", "\\n")
