"""Run the project's system checks before the first request, because gunicorn doesn't run checks."""

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe_start():
    """Raise ImproperlyConfigured with all messages and hints if this project's checks find errors."""
    found = [
        issue for issue in run_checks(tags=[Tags.security]) if (issue.id or "").startswith("moviebooking.E")
    ]
    if found:
        raise ImproperlyConfigured(" ".join(f"{issue.msg} {issue.hint}" for issue in found))
