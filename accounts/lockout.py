"""What django-axes is told of this site, and what it answers for it (docs/decisions/0021)."""

from axes.utils import reset
from django.conf import settings
from django.shortcuts import render


def name_typed(request, credentials=None):
    """What failed logins are counted under: the name as it was typed, not the account it stands for.

    Counted together, a lock would tell that an address and a username are one account.
    """
    name = getattr(request, "name_typed", None) or (credentials or {}).get("username") or ""
    return name.lower()


def locked_out(request, response=None, credentials=None):
    """The answer to whoever has failed too often, the same for a name that nobody has."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60
    answer = render(request, "accounts/locked_out.html", {"minutes": minutes, "login_page": True}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


def forget_failures(user):
    """Open the door again, by whichever name the account's visitor types."""
    for name in filter(None, (user.username, user.email)):
        reset(username=name.lower())
