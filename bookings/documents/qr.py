"""Draw QR codes."""

import re
from functools import lru_cache

import zxingcpp

KEPT = 1000  # drawings that each process keeps, 3 kB each
PAGE_MARGIN, PAPER_MARGIN = 4, 1  # modules; a reader needs four, and paper is white around the code
DARK_RUN = re.compile(rb"\x00+")


def qr_svg(code: str) -> str:
    """Return the code as inline SVG markup that fills its box, with the margin that readers need."""
    return _svg(code, PAGE_MARGIN)


def qr_file(code: str) -> bytes:
    """Return the code as the bytes of an SVG file, almost without a margin."""
    return _svg(code, PAPER_MARGIN).encode()


def _svg(code: str, margin: int) -> str:
    modules, path = _drawing(code)
    box = f"{-margin} {-margin} {modules + 2 * margin} {modules + 2 * margin}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path stroke="#000" d="{path}"/></svg>'


@lru_cache(maxsize=KEPT)
def _drawing(code: str) -> tuple[int, str]:
    """Return how many modules wide the code is, and the path of its dark modules: strokes one module thick.

    At error correction level Q, a quarter of the code may be damaged.
    """
    barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    picture = memoryview(barcode.to_image(add_quiet_zones=False))  # a byte per module: 0 is dark
    rows, width = picture.shape
    dots = picture.tobytes()
    strokes, x, y = ["M0 .5"], 0, 0
    for row in range(rows):
        start = row * width
        for run in DARK_RUN.finditer(dots, start, start + width):
            column, length = run.start() - start, run.end() - run.start()
            strokes.append(f"m{column - x} {row - y}h{length}")
            x, y = column + length, row
    return width, "".join(strokes)
