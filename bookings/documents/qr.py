"""Draw QR codes."""

from io import BytesIO

import segno


def qr_svg(code: str) -> str:
    """Return the code as inline SVG markup that fills its box, with the margin that readers need."""
    return _qr(code).svg_inline(omitsize=True, border=4)


def qr_file(code: str) -> bytes:
    """Return the code as the bytes of an SVG file, almost without a margin."""
    out = BytesIO()
    _qr(code).save(out, kind="svg", border=1, omitsize=True)
    return out.getvalue()


def _qr(code: str) -> segno.QRCode:
    """Return the QR code at error correction level Q: a quarter of it may be damaged."""
    return segno.make(code, error="q", micro=False, boost_error=False)
