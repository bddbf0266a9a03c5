"""What django-axes is told of this site, and what it answers for it (docs/decisions/0021)."""

from math import ceil

from axes.handlers.database import AxesDatabaseHandler
from axes.utils import reset
from django.conf import settings
from django.shortcuts import render
from limits import RateLimitItemPerMinute

from moviebooking.throttle import seconds_to_wait, seconds_until_free

from .usernames import LONGEST, key_of

FAILURES_OF_AN_ADDRESS = RateLimitItemPerMinute(50, 15)


class Handler(AxesDatabaseHandler):
    """Besides the pair of name and address, an address that fails too often with whatever names is locked.

    That is counted in Redis: exactly, and forgotten by itself. Where Redis is away the pairs still are.
    """

    def is_locked(self, request, credentials=None):
        return bool(_address_waits(request)) or super().is_locked(request, credentials)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        counts = request is not None and not request.axes_locked_out and request.axes_ip_address
        super().user_login_failed(sender, credentials, request, **kwargs)
        if counts:
            seconds_to_wait(FAILURES_OF_AN_ADDRESS, "failed_login", request.axes_ip_address)
            request.axes_locked_out = request.axes_locked_out or bool(_address_waits(request))


def _address_waits(request):
    """The seconds until the address may try again, whatever the name; 0 where it is not known."""
    address = request.axes_ip_address
    return seconds_until_free(FAILURES_OF_AN_ADDRESS, "failed_login", address) if address else 0


def name_typed(request, credentials=None):
    """What failed logins are counted under: the name as it was typed, not the account it stands for.

    Counted together, a lock would tell that an address and a username are one account.
    """
    name = getattr(request, "name_typed", None) or (credentials or {}).get("username") or ""
    return _counted_as(name)


def _counted_as(name):
    """One name for all spellings that sign in to one account; the table has room for so much."""
    return key_of(name[:LONGEST])[:255]


def locked_out(request, response=None, credentials=None):
    """The answer to whoever has failed too often, the same for a name that nobody has."""
    address_waits = _address_waits(request)
    seconds = address_waits or int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = {"minutes": ceil(seconds / 60), "by_address": bool(address_waits), "login_page": True}
    answer = render(request, "accounts/locked_out.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def forget_failures(user):
    """Open the door again, by whichever name the account's visitor types."""
    for name in filter(None, (user.username, user.email)):
        reset(username=_counted_as(name))
