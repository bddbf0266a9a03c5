"""Posters for the demo, drawn with Pillow in the font that it brings: the same picture for the same movie."""

from collections import namedtuple
from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from . import art, more_art
from .art import HEIGHT, WIDTH

Palette = namedtuple("Palette", "ground near far light ink")

PALETTES = {
    "ember": Palette("#1f0f0c", "#7a2415", "#d9622b", "#ffc46b", "#fff1dc"),
    "blood": Palette("#150a0f", "#5c0f1d", "#c3202f", "#f6d7b0", "#fff4e6"),
    "rose": Palette("#3b1230", "#8c2b5a", "#e8749a", "#ffd9c9", "#fff3ee"),
    "dusk": Palette("#161433", "#3f2f6e", "#c4679a", "#ffc99b", "#fff0e6"),
    "royal": Palette("#0d1b3d", "#26407f", "#b8862d", "#f7d98a", "#fff6dd"),
    "lagoon": Palette("#06232e", "#0e5563", "#2fa7a0", "#f4e3b2", "#fdf8e7"),
    "moss": Palette("#0b1a12", "#1d4a30", "#5fa45a", "#dff0a8", "#f7fbe9"),
    "citrus": Palette("#2b1a05", "#a2490c", "#f39c1f", "#ffe9a3", "#fff8e1"),
    "spice": Palette("#2a1510", "#9a3b20", "#d99a2b", "#f6e6c5", "#fffaf0"),
    "neon": Palette("#110a2a", "#3a1a7a", "#ff3d81", "#4df0e0", "#f4f2ff"),
    "ink": Palette("#10131a", "#39424f", "#b3282d", "#ece4d4", "#f8f3e9"),
}
PICTURES = (
    art.hills, art.orbit, art.skyline, art.rays, art.waves, art.rain, art.shards, art.arches, art.forest,
    art.road, more_art.pair, more_art.spiral, more_art.eye, more_art.petals, more_art.bands, more_art.keys,
    more_art.tiles, more_art.blades, more_art.bubbles,
)  # fmt: skip
ART = {picture.__name__: picture for picture in PICTURES}
TITLE_AT_TOP = {"road", "hills", "waves", "skyline", "forest", "arches"}
ON_PAPER = {"blades"}
MARGIN, PRINTED = 84, (800, 1200)


def poster_file(entry):
    """Return the poster as a file to save."""
    with BytesIO() as buffer:
        draw(entry).save(buffer, "PNG", compress_level=1)
        return ContentFile(buffer.getvalue(), name="poster.png")


def draw(entry):
    """Return the poster as a picture of PRINTED size."""
    name, palette = entry.art[0], PALETTES[entry.art[1]]
    ground, ink = (palette.light, palette.ground) if name in ON_PAPER else (palette.ground, palette.ink)
    picture = Image.new("RGB", (WIDTH, HEIGHT), ground)
    ART[name](picture, palette, Random(entry.title))
    lines, size = _fitted(entry.title.upper())
    leading = int(size * 0.98)
    block = leading * len(lines)
    at_top = name in TITLE_AT_TOP
    _calm(picture, ground, block + 400, at_top)
    _words(picture, entry, lines, size, ink, palette.far, 110 if at_top else HEIGHT - 210 - block)
    return picture.resize(PRINTED, Image.Resampling.LANCZOS)


def _calm(picture, colour, height, at_top):
    """Let the picture sink into its ground where the words stand."""
    depth = Image.linear_gradient("L").resize((WIDTH, height)).point(lambda value: min(int(value * 2.2), 250))
    if at_top:
        depth = depth.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    layer = Image.new("RGB", (WIDTH, height), colour)
    picture.paste(layer, (0, 0 if at_top else HEIGHT - height), depth)


def _words(picture, entry, lines, size, ink, accent, top):
    pen, leading = ImageDraw.Draw(picture), int(size * 0.98)
    for number, line in enumerate(lines):
        _heavy(pen, (MARGIN, top + number * leading), line, size, ink)
    foot = top + leading * len(lines) + 44
    pen.rectangle((MARGIN, foot + 14, MARGIN + 90, foot + 24), fill=accent)
    credit, small = f"{entry.director}  ·  {entry.year}", 46
    room = WIDTH - 2 * MARGIN - 120
    small = min(small, int(small * room / ImageFont.load_default(small).getlength(credit)))
    pen.text((MARGIN + 120, foot + 20), credit, ink, ImageFont.load_default(small), anchor="lm")


def _heavy(pen, place, text, size, colour):
    """Draw heavy letters. The font has one weight; an outline in its own colour adds the other."""
    pen.text(
        place, text, colour, ImageFont.load_default(size), stroke_width=max(size // 26, 2), stroke_fill=colour
    )


def _fitted(title):
    """Return (lines, size): the largest letters in which the title fills at most four lines."""
    best = ([title], 60)
    for count in range(1, 5):
        lines = _balanced(title.split(), count)
        longest = max(ImageFont.load_default(100).getlength(line) for line in lines)
        size = min(int(100 * (WIDTH - 2 * MARGIN - 20) / longest), 250, 560 // len(lines))
        if size > best[1]:
            best = lines, size
    return best


def _balanced(words, count):
    """Return the words on at most `count` lines, the longest of them as short as possible."""
    longest = max(len(word) for word in words)
    for width in range(longest, sum(len(word) + 1 for word in words) + 1):
        lines = _filled(words, width)
        if len(lines) <= count:
            return lines
    return [" ".join(words)]


def _filled(words, width):
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
