"""A sheet of paper: A4, black on white, in one typeface that knows Latin, Devanagari and the rupee sign."""

import logging
import tempfile
from functools import cache
from pathlib import Path

import pymupdf_fonts
from fpdf import FPDF
from fpdf.enums import XPos, YPos

TYPEFACE = "FiraGO"
STYLES = {"": "figo", "B": "figbo"}  # FPDF's name of a style → the font package's name of the font
MARGIN, WIDTH = 15, 180  # mm

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells at length how it subsets


class Paper(FPDF):
    """FPDF with the site's typeface and three ways to write a line. Lengths are millimetres, sizes points."""

    def __init__(self, *, title, language):
        super().__init__(format="A4")
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("MovieBooking")
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN)
        for style, path in _font_files().items():
            self.add_font(TYPEFACE, style, path)
        self.set_text_shaping(True)
        self.add_page()

    def line_of(self, text, *, size, bold=False, width=WIDTH, grey=False, height=None):
        """Text that wraps within `width`, from the present x; the next line begins under its start."""
        self.set_font(TYPEFACE, "B" if bold else "", size)
        self.set_text_color(90 if grey else 0)
        height = height or size * 0.45
        self.multi_cell(width, height, text, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)

    def pair(self, name, value, *, bold=False, size=10.5):
        """A name at the left edge and its value at the right one."""
        self.set_font(TYPEFACE, "B" if bold else "", size)
        self.set_text_color(0)
        self.cell(WIDTH * 0.7, 7, name)
        self.cell(WIDTH * 0.3, 7, value, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rule(self):
        self.set_draw_color(170)
        self.line(MARGIN, self.get_y() + 1, MARGIN + WIDTH, self.get_y() + 1)
        self.ln(3)

    def as_bytes(self):
        return bytes(self.output())


@cache
def _font_files():
    """FPDF reads fonts from files only; the package keeps them compressed, so they are unpacked once."""
    folder = tempfile.TemporaryDirectory(prefix="moviebooking-fonts-")
    _kept.append(folder)
    files = {}
    for style, name in STYLES.items():
        files[style] = Path(folder.name, f"{name}.ttf")
        files[style].write_bytes(pymupdf_fonts.myfont(name))
    return files


_kept = []  # until the process ends, which removes them
