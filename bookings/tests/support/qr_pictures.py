"""Draw the SVG of a QR code as a picture, as a browser does."""

import re

from PIL import Image, ImageDraw

SCALE = 8  # pixels of a module


def drawn(svg):
    """Return the picture of the markup that `documents.qr` makes: black strokes on white."""
    left, top, width, height = (int(side) for side in re.search(r'viewBox="([^"]+)"', svg)[1].split())
    picture = Image.new("L", (width * SCALE, height * SCALE), "white")
    pen = ImageDraw.Draw(picture)
    x, y = -left, -top
    for right, down, length in re.findall(r"m(-?\d+) (\d+)h(\d+)", svg):
        x, y = x + int(right), y + int(down)
        pen.rectangle([x * SCALE, y * SCALE, (x + int(length)) * SCALE - 1, (y + 1) * SCALE - 1], "black")
        x += int(length)
    return picture
