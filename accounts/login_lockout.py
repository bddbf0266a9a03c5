"""Lock out whoever fails to log in too often: how this site configures django-axes (docs/decisions/0021)."""

from math import ceil

from axes.handlers.database import AxesDatabaseHandler
from axes.utils import reset
from django.conf import settings
from django.shortcuts import render
from limits import RateLimitItemPerMinute

from moviebooking.throttle import seconds_to_wait, seconds_until_free

from .usernames import LONGEST, key_of

FAILURES_OF_AN_ADDRESS = RateLimitItemPerMinute(50, 15)


class LockoutHandler(AxesDatabaseHandler):
    """Besides pairs of username and IP address, lock an IP address that fails too often for any usernames.

    Redis counts the failures of an IP address: precisely, and they expire by themselves. Without Redis the
    pairs are still locked.
    """

    def is_locked(self, request, credentials=None):
        return bool(_seconds_until_address_may_retry(request)) or super().is_locked(request, credentials)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        counts = request is not None and not request.axes_locked_out and request.axes_ip_address
        super().user_login_failed(sender, credentials, request, **kwargs)
        if counts:
            seconds_to_wait(FAILURES_OF_AN_ADDRESS, "failed_login", request.axes_ip_address)
            locked = bool(_seconds_until_address_may_retry(request))
            request.axes_locked_out = request.axes_locked_out or locked


def _seconds_until_address_may_retry(request):
    """Return for how long the IP address is locked for every username; 0 if it isn't, or is unknown."""
    address = request.axes_ip_address
    return seconds_until_free(FAILURES_OF_AN_ADDRESS, "failed_login", address) if address else 0


def username_typed(request, credentials=None):
    """Return the name under which to count a failed login: as it was typed, not the account's.

    If both were counted together, a lock would reveal that an email address and a username are one account.
    """
    name = getattr(request, "username_typed", None) or (credentials or {}).get("username") or ""
    return _counter_name(name)


def _counter_name(name):
    """Return one name for all spellings that sign in to one account, cut to the size of axes' column."""
    return key_of(name[:LONGEST])[:255]


def lockout_response(request, response=None, credentials=None):
    """Return the 429 page of a locked-out visitor. It is the same whether or not the username exists."""
    address_waits = _seconds_until_address_may_retry(request)
    seconds = address_waits or int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = {"minutes": ceil(seconds / 60), "by_address": bool(address_waits), "login_page": True}
    response = render(request, "accounts/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def reset_failed_logins(user):
    """Unlock the user's login, by username as well as by email address."""
    for name in filter(None, (user.username, user.email)):
        reset(username=_counter_name(name))
