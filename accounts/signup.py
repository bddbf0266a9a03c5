from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue

from . import email_addresses, emails
from .models import USERNAME_TAKEN, User


class UsernameTaken(Exception):
    """Another visitor took the username between the form's check and the insert."""

    code = "username_taken"
    message = USERNAME_TAKEN


def sign_up(*, username, password, email="", next_page=""):
    """Create the account, enqueue the email that verifies its address, and return the user.

    With REQUIRE_EMAIL_VERIFICATION the account is inactive until the link in the email is opened; that link
    redirects to `next_page`, a page of this site. Raise UsernameTaken.
    """
    user = User(
        username=User.normalize_username(username),
        is_active=not settings.REQUIRE_EMAIL_VERIFICATION,
        language=get_language() or "",
    )
    user.set_password(password)  # slow, so before the transaction
    may_send = bool(email) and email_delivery.may_send("verify", email)
    with transaction.atomic():
        email_addresses.claim(user, email)
        try:
            email_addresses.save_claim(user)
        except IntegrityError:
            raise UsernameTaken from None
        if may_send:
            enqueue(emails.send_verification_email, user.pk, next_page)
    return user
