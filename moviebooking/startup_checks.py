"""gunicorn runs no system checks by itself, so the site's own are asked before the first request."""

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe_start():
    """Raise ImproperlyConfigured, with every reason and hint, where this project's checks find an error."""
    found = [
        issue for issue in run_checks(tags=[Tags.security]) if (issue.id or "").startswith("moviebooking.E")
    ]
    if found:
        raise ImproperlyConfigured(" ".join(f"{issue.msg} {issue.hint}" for issue in found))
