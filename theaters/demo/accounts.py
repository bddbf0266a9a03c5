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
    password: str  # empty where the account was there before and its password is nobody's business
    is_staff: bool


def make():
    """The two Accounts, made where they are missing. Only a development site gets the known passwords."""
    return [_account(*known) for known in KNOWN]


def _account(username, password, is_staff):
    users = get_user_model().objects
    if users.filter(username=username).exists():
        return Account(username, password if settings.DEBUG else "", is_staff)
    password = password if settings.DEBUG else get_random_string(20)
    fields = {"email": f"{username}@example.com", "password": password}
    users.create_user(username, is_staff=is_staff, is_superuser=is_staff, **fields)
    return Account(username, password, is_staff)
