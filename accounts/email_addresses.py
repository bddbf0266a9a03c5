"""Whose an e-mail address is: whoever proves it by opening a link; until then, whoever typed it first.

Nobody is told that an address has an account. A second account that types it gets the same answer, and the
address waits in `unverified_email`; what differs is the mail that goes to the address (docs/decisions/0020).
"""

from django.db import IntegrityError, transaction
from django.db.models import F

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue

from . import emails
from .models import User
from .verification_links import LinkRefused


def claim(user, address):
    """Note (without saving) the address that the account's visitor has typed; it counts once it is verified.

    A verified address stays the account's until the new one is verified, too.
    """
    address = User.objects.normalize_email(address)
    if user.email_verified_at:
        user.unverified_email = address
    elif User.objects.with_email(address).exclude(pk=user.pk).exists():
        user.email, user.unverified_email = "", address
    else:
        user.email, user.unverified_email = address, ""


def save_claim(user):
    """Save the account, or its addresses if it is saved already, after `claim`.

    Where another account took the address this very moment it waits, as if it had been taken before. Raises
    IntegrityError when it is not the address that clashes.
    """
    fields = None if user._state.adding else ["email", "unverified_email"]
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError:
        if not User.objects.with_email(user.email).exclude(pk=user.pk).exists():
            raise
        user.email, user.unverified_email = "", user.email
        user.save(update_fields=fields)


def change(*, user, address):
    """Claim another address for the account, and queue the mail that verifies it."""
    mails = email_delivery.may_send("verify", address)
    with transaction.atomic():
        claim(user, address)
        save_claim(user)
        if mails:
            enqueue(emails.mail_verification, user.pk)


def verify(*, user, now):
    """Make the address that waits the account's own, and open an account that waited for it.

    An account that only typed the address loses it to this one; the account's former address is told. Raises
    LinkRefused when somebody else has verified it, or when the same link was opened twice at once.
    """
    former, address = user.email if user.email_verified_at else "", user.address_to_verify
    mails = bool(former) and email_delivery.may_send("address_changed", former)
    try:
        with transaction.atomic():
            _take_from_whoever_only_typed_it(address, user)
            if not _settle(user, address, now):
                raise LinkRefused
            if mails:
                enqueue(emails.mail_address_changed, user.pk, former)
    except IntegrityError:
        raise LinkRefused from None
    user.refresh_from_db()


def proved_by_mail(*, user, now):
    """Note that the visitor has opened another link that went to the account's e-mail address."""
    waiting = User.objects.filter(pk=user.pk, email=user.email, email_verified_at=None).exclude(email="")
    waiting.update(email_verified_at=now)


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
