"""Accounts of the demo: a visitor and a member of staff, with well-known passwords."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.crypto import get_random_string

KNOWN = (  # username, password, is_staff
    ("demo", "demo-visitor-2468", False),
    ("demo-staff", "demo-staff-2468", True),
)


@dataclass(frozen=True)
class Account:
    username: str
    password: str  # empty if the account existed before and has another password
    is_staff: bool


def make():
    """Return both Accounts, creating those that are missing. Only a development site has known passwords."""
    return [_account(*known) for known in KNOWN]


def _account(username, password, is_staff):
    users = get_user_model().objects
    there = users.named(username)
    if there:
        is_known = settings.DEBUG and there.check_password(password)
        return Account(there.username, password if is_known else "", there.is_staff)
    password = password if settings.DEBUG else get_random_string(20)
    address = f"{username}@example.com"
    email = "" if users.with_email(address).exists() else address
    users.create_user(username, email, password, is_staff=is_staff, is_superuser=is_staff)
    return Account(username, password, is_staff)
