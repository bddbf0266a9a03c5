"""Closing an account for good. The apps above add what they forget about its visitor."""

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from .login_lockout import forget_failures

_forgetting = []


def forgets(forget):
    """Register a function of the user that removes what an app kept about them."""
    _forgetting.append(forget)
    return forget


forgets(forget_failures)


class ClosingRefused(Exception):
    code = "staff_account"
    message = _("Another staff member has to delete this staff account, in the admin.")


@transaction.atomic
def close(*, user):
    """Take the person out of the account for good; the bookings stay, and belong to nobody who can be named.

    The row stays because the books need it: bookings are PROTECTed. Every session ends with the password.
    Raises ClosingRefused for staff.
    """
    if user.is_staff:
        raise ClosingRefused
    for forget in _forgetting:
        forget(user)
    for field in ("email", "unverified_email", "first_name", "last_name", "language"):
        setattr(user, field, "")
    user.username = f"closed-{get_random_string(24)}"
    user.email_verified_at = user.last_login = None
    user.is_active = False
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
