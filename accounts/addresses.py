"""Whose an e-mail address is: whoever proves it by opening a link; until then, whoever typed it first.

Nobody is told that an address has an account. A second account that types it gets the same answer, and the
address waits in `unverified_email`; what differs is the mail that goes to the address (docs/decisions/0020).
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from .models import User


class LinkRefused(Exception):
    """The link is forged, too old or used, or its address has been verified by somebody else since."""

    code = "link_refused"
    message = _("This link has been used already, or it is too old.")


class VerificationTokens(PasswordResetTokenGenerator):
    """Signs the address that waits and the state it waits in: once that changes, the token is void."""

    key_salt = "accounts.addresses.VerificationTokens"

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


def claim(user, address):
    """Note (without saving) the address that the account's visitor has typed; it counts once it is verified.

    A verified address stays the account's until the new one is verified, too.
    """
    if user.email_verified_at or User.objects.with_email(address).exclude(pk=user.pk).exists():
        user.unverified_email = address
        user.email = user.email if user.email_verified_at else ""
    else:
        user.email, user.unverified_email = address, ""


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


def verify(*, user, now):
    """Make the address that waits the account's own, and open an account that waited for it.

    An account that only typed the address loses it to this one. Raises LinkRefused when somebody else has
    verified it, or when the same link was opened twice at once.
    """
    address = user.address_to_verify
    try:
        with transaction.atomic():
            _take_from_whoever_only_typed_it(address, user)
            if not _settle(user, address, now):
                raise LinkRefused
    except IntegrityError:
        raise LinkRefused from None
    user.refresh_from_db()


def proved_by_mail(*, user, now):
    """Note that the visitor has opened another link that went to the account's e-mail address."""
    User.objects.filter(pk=user.pk, email=user.email, email_verified_at=None).exclude(email="").update(
        email_verified_at=now
    )


def _take_from_whoever_only_typed_it(address, user):
    rivals = User.objects.with_email(address).filter(email_verified_at=None).exclude(pk=user.pk)
    rivals.update(unverified_email=F("email"), email="")


def _settle(user, address, now):
    """True when this call, and no other one before it, has verified the address."""
    as_signed = User.objects.filter(
        pk=user.pk,
        email=user.email,
        unverified_email=user.unverified_email,
        email_verified_at=user.email_verified_at,
    )
    return as_signed.update(
        email=address,
        unverified_email="",
        email_verified_at=now,
        is_active=user.is_active or user.awaits_activation,
    )
