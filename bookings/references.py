"""What can't be guessed: a booking's reference, and the code that a ticket's QR carries."""

import secrets
from io import BytesIO

import segno
from django.core import signing

from moviebooking.typed_codes import canonical_code

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: letters that can't be confused on paper or over the telephone.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
REFERENCE_LENGTH = 12  # 23^12 ≈ 2·10^16
_signer = signing.Signer(salt="bookings.ticket")


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def typed_reference(text: str) -> str | None:
    """The reference that somebody has typed in groups into a search, or None for anything else."""
    reference = canonical_code(text.strip())
    is_one = len(reference) == REFERENCE_LENGTH and set(reference) <= set(ALPHABET)
    return reference if is_one else None


def new_ticket_code() -> str:
    """Random and signed, so that a reader at the door can tell a forgery without asking the database."""
    return _signer.sign(secrets.token_urlsafe(15))


def new_link_code() -> str:
    return secrets.token_urlsafe(18)


def is_genuine(code: str) -> bool:
    """True when this site has made the ticket code."""
    try:
        _signer.unsign(code)
    except signing.BadSignature:
        return False
    return True


def qr_svg(code: str) -> str:
    """The code as an inline SVG that fills its box; a quarter of it may be lost to a crack."""
    return _qr(code).svg_inline(omitsize=True, border=4)


def qr_file(code: str) -> bytes:
    """The code as the bytes of an SVG file, without its margin."""
    out = BytesIO()
    _qr(code).save(out, kind="svg", border=1, omitsize=True)
    return out.getvalue()


def _qr(code: str) -> segno.QRCode:
    return segno.make(code, error="q", micro=False, boost_error=False)
