"""Who the demo lets in: a visitor and a member of staff, with passwords that everybody may know."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.crypto import get_random_string

KNOWN = (  # username, password, may they into the admin
    ("demo", "demo-visitor-2468", False),
    ("demo-staff", "demo-staff-2468", True),
)


@dataclass(frozen=True)
class Account:
    username: str
    password: str  # empty where the account was there before and has another, which is nobody's business
    is_staff: bool


def make():
    """The two Accounts, made where they are missing. Only a development site gets the known passwords."""
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
