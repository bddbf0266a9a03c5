"""The link that proves an address: signed, of use once, for PASSWORD_RESET_TIMEOUT."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from .models import User


class LinkRefused(Exception):
    """The link is forged, too old or used, or its address has been verified by somebody else since."""

    code = "link_refused"
    message = _("This link has expired or was already used.")


class VerificationTokens(PasswordResetTokenGenerator):
    """Signs the address that waits and the state it waits in: once that changes, the token is void."""

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
    """The `uidb64` and `token` of the link that verifies the address which waits."""
    return urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)


def account_of_link(uidb64, token):
    """The account that a link was made for; LinkRefused where it is forged, too old or used."""
    try:
        user = User.objects.get(pk=urlsafe_base64_decode(uidb64).decode())
    except (ValueError, OverflowError, ValidationError, User.DoesNotExist):
        raise LinkRefused from None
    if not user.address_to_verify or not tokens.check_token(user, token):
        raise LinkRefused
    return user
