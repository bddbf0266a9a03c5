"""The link that verifies an email address. It is signed, and valid once, for PASSWORD_RESET_TIMEOUT."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from .models import User


class LinkRefused(Exception):
    """The link is forged, expired or used, or another account has verified its address since."""

    code = "link_refused"
    message = _("This link has expired or was already used.")


class VerificationTokens(PasswordResetTokenGenerator):
    """Sign the unverified address and the account's state: once either changes, the token is invalid."""

    key_salt = "accounts.links.VerificationTokens"  # links that were sent under this name stay valid

    def _make_hash_value(self, user, timestamp):
        state = (
            user.pk,
            user.email.lower(),
            user.unverified_email.lower(),
            user.email_verified_at,
            timestamp,
        )
        return "|".join(map(str, state))


tokens = VerificationTokens()


def link_parts(user):
    """Return (`uidb64`, `token`) of the link that verifies the user's unverified address."""
    return urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)


def user_for_link(uidb64, token):
    """Return the user that a link was made for. Raise LinkRefused if it is forged, expired or used."""
    try:
        user = User.objects.get(pk=urlsafe_base64_decode(uidb64).decode())
    except (ValueError, OverflowError, ValidationError, User.DoesNotExist):
        raise LinkRefused from None
    if not user.address_to_verify or not tokens.check_token(user, token):
        raise LinkRefused
    return user
