"""What can't be guessed: a booking's reference, and the code that a ticket's QR carries."""

import secrets
from io import BytesIO

import segno
from django.core import signing

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: letters that can't be confused on paper or over the telephone.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
REFERENCE_LENGTH = 12  # 23^12 ≈ 2·10^16
#: Hyphens, dashes and spaces, which people and their keyboards put between groups of letters.
SEPARATORS = dict.fromkeys(map(ord, "- \u00a0\u2010\u2011\u2012\u2013\u2014"))
_signer = signing.Signer(salt="bookings.ticket")


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def canonical_reference(text: str) -> str:
    """A reference as the site writes it, however somebody has typed it: in lower case, or in groups."""
    return text.translate(SEPARATORS).upper()


def may_be_reference(text: str) -> bool:
    """False for what no booking is called by, and what a database may choke on."""
    return 0 < len(text) <= 20 and text.isascii() and text.isalnum()


def typed_reference(text: str) -> str | None:
    """The reference that somebody has typed in groups into a search, or None for anything else."""
    reference = canonical_reference(text.strip())
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
