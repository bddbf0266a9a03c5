"""A PDF document on A4 paper, in every script that the installed fonts have."""

import logging
import tempfile
from collections import defaultdict
from itertools import chain
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment

from .typesetting import break_lines, fit_lines, visual_order, width_of

MARGIN, WIDTH = 15, 180  # mm
POINT = 25.4 / 72  # mm
LEADING = 1.28  # the ratio of a line's height to its font size
#: In every subset, so that texts in Latin letters share one.
USUAL_CHARACTERS = set(map(chr, range(0x20, 0x7F))) | set("…·–—‘’“”₹×")

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it logs every step of subsetting


class Paper(FPDF):
    """FPDF with the site's own fonts and line breaking. Lengths are in millimetres, font sizes in points."""

    def __init__(self, *, title, language):
        super().__init__(format="A4")
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("MovieBooking")
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, margin=MARGIN)
        self._files = tempfile.TemporaryDirectory(prefix="moviebooking-fonts-")
        self._subsets = defaultdict(list)  # (face, bold) → list of (family in this document, its characters)
        self.add_page()

    def line_of(self, text, *, size, bold=False, width=WIDTH, grey=False):
        """Print text that wraps within `width`, from the current x. The position is then below its start."""
        lines = break_lines(text, size=size, width=width / POINT, bold=bold)
        self._print(lines, size=size, bold=bold, grey=grey)

    def box_of(self, text, *, size, smallest, width, height, bold=False, grey=False):
        """Print text in a box: a long text is set smaller, and truncated if it doesn't fit even then."""
        size, lines = fit_lines(
            text,
            size=size,
            smallest=smallest,
            width=width / POINT,
            height=height / POINT,
            leading=LEADING,
            bold=bold,
        )
        self._print(lines, size=size, bold=bold, grey=grey)

    def pair(self, name, value, *, bold=False, size=10.5):
        """Print a name at the left margin and its value at the right, beside the name's first line."""
        top, height = self.get_y() + 1, LEADING * size * POINT
        lines = break_lines(name, size=size, width=WIDTH * 0.7 / POINT, bold=bold)
        if top + height * len(lines) > self.page_break_trigger:
            self.add_page()
            top = self.get_y()
        for line in break_lines(value, size=size, width=WIDTH * 0.3 / POINT, bold=bold):
            self.set_xy(MARGIN + WIDTH - width_of(line, size=size, bold=bold) * POINT, top)
            self._print([line], size=size, bold=bold)
        self.set_xy(MARGIN, top)
        self._print(lines, size=size, bold=bold)
        self.set_xy(MARGIN, self.get_y() + 1)

    def rule(self):
        self.set_draw_color(170)
        self.line(MARGIN, self.get_y() + 1, MARGIN + WIDTH, self.get_y() + 1)
        self.ln(3)

    def as_bytes(self):
        try:
            return bytes(self.output())
        finally:
            self._files.cleanup()

    def _print(self, lines, *, size, bold, grey=False):
        left, height = self.x, LEADING * size * POINT
        self.set_text_color(90 if grey else 0)
        self._embed_subsets(chain.from_iterable(lines), bold)
        for line in lines:
            if self.will_page_break(height):
                self.add_page()
            for run in visual_order(line):
                self._print_run(run, size=size, bold=bold, height=height)
            self.set_xy(left, self.get_y() + height)

    def _print_run(self, run, *, size, bold, height):
        family = next(name for name, has in self._subsets[run.face, bold] if has.issuperset(run.text))
        self.set_font(family, size=size)
        direction = TextDirection.RTL if run.level % 2 else TextDirection.LTR
        self.set_text_shaping(True, direction=direction, language=run.language)
        self.text_shaping |= {"fragment_direction": direction, "paragraph_direction": direction}
        self.cell(run.width(size=size, bold=bold) * POINT, height, run.text)

    def _embed_subsets(self, runs, bold):
        """Embed, where missing, a subset of each face with all the characters of these runs.

        A subset of a few characters is read and embedded many times faster than a whole font.
        """
        needed = defaultdict(set)
        for run in runs:
            needed[run.face].update(run.text)
        for face, characters in needed.items():
            subsets = self._subsets[face, bold]
            if not any(has.issuperset(characters) for _name, has in subsets):
                name, characters = f"subset{len(self.fonts)}", characters | USUAL_CHARACTERS
                file = Path(self._files.name, f"{name}.otf")
                file.write_bytes(face.subset(characters, bold=bold))
                self.add_font(name, fname=file)
                subsets.append((name, characters))

    def _preload_bidirectional_text(self, text, markdown):
        """Return the text as one fragment: a run is already divided by direction and face."""
        return (Fragment(text, self._get_current_graphics_state(), self.k),)
