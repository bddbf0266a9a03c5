"""Decide which account an email address belongs to.

It belongs to the account that verifies it by opening a link; until then, to the first account that typed it.
Nobody learns that an address has an account: a second account that types the address gets the same response,
and the address is kept in `unverified_email`. Only the email sent to it differs (docs/decisions/0020).
"""

from django.db import IntegrityError, transaction
from django.db.models import F

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue

from . import emails
from .models import User
from .verification_links import LinkRefused


def claim(user, address):
    """Set the address that the user typed on the account, without saving. It counts once it is verified.

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
    """Save a new account, or the addresses of an existing one, after `claim`.

    If another account took the address in the meantime, keep it as unverified. Raise IntegrityError if it is
    not the address that clashes.
    """
    fields = None if user._state.adding else ["email", "unverified_email"]
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError:
        if not User.objects.with_email(user.email).exclude(pk=user.pk).exists():
            raise
        user.unverified_email = user.email
        user.email = ""
        user.save(update_fields=fields)


def change(*, user, address):
    """Claim another address for the account, and enqueue the email that verifies it."""
    may_send = email_delivery.may_send("verify", address)
    with transaction.atomic():
        claim(user, address)
        save_claim(user)
        if may_send:
            enqueue(emails.send_verification_email, user.pk)


def verify(*, user, now):
    """Make the unverified address the account's own, and activate an account that was waiting for that.

    An account that only typed the address loses it. The previous address is notified. Raise LinkRefused if
    another account has verified the address, or if the same link was opened twice at once.
    """
    previous = user.email if user.email_verified_at else ""
    address = user.address_to_verify
    may_send = bool(previous) and email_delivery.may_send("address_changed", previous)
    try:
        with transaction.atomic():
            _unassign_unverified(address, user)
            if not _mark_verified(user, address, now):
                raise LinkRefused
            if may_send:
                enqueue(emails.send_address_changed_email, user.pk, previous)
    except IntegrityError:
        raise LinkRefused from None
    user.refresh_from_db()


def mark_current_verified(*, user, now):
    """Mark the current address as verified: the user opened another link that was sent to it."""
    unverified = User.objects.filter(pk=user.pk, email=user.email, email_verified_at=None).exclude(email="")
    unverified.update(email_verified_at=now)


def _unassign_unverified(address, user):
    """Take the address away from every other account that typed it and never verified it."""
    others = User.objects.with_email(address).filter(email_verified_at=None).exclude(pk=user.pk)
    others.update(unverified_email=F("email"), email="")


def _mark_verified(user, address, now):
    """Return True if this call verified the address; False if the account has changed since it was read."""
    unchanged = User.objects.filter(
        pk=user.pk,
        email=user.email,
        unverified_email=user.unverified_email,
        email_verified_at=user.email_verified_at,
    )
    return unchanged.update(
        email=address,
        unverified_email="",
        email_verified_at=now,
        is_active=user.is_active or user.awaits_activation,
    )
