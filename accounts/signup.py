from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue

from . import email_addresses, emails
from .models import USERNAME_TAKEN, User


class UsernameTaken(Exception):
    """Somebody took the username between the form's check and the insert."""

    code = "username_taken"
    message = USERNAME_TAKEN


def sign_up(*, username, password, email="", next_page=""):
    """Make the account and queue the mail that verifies its address; raises UsernameTaken.

    With REQUIRE_EMAIL_VERIFICATION the account is inactive until the mail's link is opened; `next_page` is
    the page of this site to which that link leads on.
    """
    user = User(
        username=User.normalize_username(username),
        is_active=not settings.REQUIRE_EMAIL_VERIFICATION,
        language=get_language() or "",
    )
    user.set_password(password)  # takes its time, so before the transaction
    mails = bool(email) and email_delivery.may_send("verify", email)
    with transaction.atomic():
        email_addresses.claim(user, email)
        try:
            email_addresses.save_claim(user)
        except IntegrityError:
            raise UsernameTaken from None
        if mails:
            enqueue(emails.mail_verification, user.pk, next_page)
    return user
