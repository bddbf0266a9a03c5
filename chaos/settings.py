"""Production settings, except for what is too slow for a laptop. Emails go to a file."""

import os

from moviebooking.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_AUTOREFRESH = True  # collectstatic has not run
EMAIL_BACKEND = "chaos.email_backend.Mailbox"
MAILBOX = os.environ["CHAOS_MAILBOX"]
