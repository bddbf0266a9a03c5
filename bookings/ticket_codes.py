"""The codes of tickets that nobody can guess: what a QR code says, and the link to a single ticket."""

import secrets

from django.core import signing

_signer = signing.Signer(salt="bookings.ticket")


def new_ticket_code() -> str:
    """Return a random code for a ticket's QR code.

    It is signed, so that a scanner that knows the key can reject a forgery without asking the database.
    """
    return _signer.sign(secrets.token_urlsafe(15))


def new_link_code() -> str:
    """Return a random code for the link by which a friend opens one ticket."""
    return secrets.token_urlsafe(18)
