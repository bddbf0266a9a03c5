"""Delete an account for good. Apps above this one register how to delete what they store about the user."""

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from .login_lockout import reset_failed_logins

_cleanups = []


def register_cleanup(function):
    """Register `function(user)`, called in the transaction that deletes an account. Usable as a decorator."""
    _cleanups.append(function)
    return function


register_cleanup(reset_failed_logins)


class DeletionRefused(Exception):
    code = "staff_account"
    message = _("Another staff member has to delete this staff account, in the admin.")


@transaction.atomic
def delete_account(*, user):
    """Anonymize and deactivate the account. Raise DeletionRefused for staff.

    The row itself stays because bookings PROTECT it: the bookkeeping needs them.
    Changing the password ends every session.
    """
    if user.is_staff:
        raise DeletionRefused
    for cleanup in _cleanups:
        cleanup(user)
    for field in ("email", "unverified_email", "first_name", "last_name", "language"):
        setattr(user, field, "")
    user.username = f"closed-{get_random_string(24)}"
    user.email_verified_at = user.last_login = None
    user.is_active = False
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
