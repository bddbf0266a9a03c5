"""A sheet of paper: A4, black on white, in every script that the installed faces have."""

import logging
import tempfile
from collections import defaultdict
from itertools import chain
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment

from .typesetting import fitted, in_order_of_sight, lines_of, width_of

MARGIN, WIDTH = 15, 180  # mm
POINT = 25.4 / 72  # mm
LEADING = 1.28  # of a line's height to the size of its letters
#: In every cut, so that texts in Latin letters share one.
USUAL = set(map(chr, range(0x20, 0x7F))) | set("…·–—‘’“”₹×")

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells at length how it subsets


class Paper(FPDF):
    """FPDF with the site's faces and its own lines. Lengths are millimetres, sizes of letters points."""

    def __init__(self, *, title, language):
        super().__init__(format="A4")
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("MovieBooking")
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, margin=MARGIN)
        self._files = tempfile.TemporaryDirectory(prefix="moviebooking-fonts-")
        self._cuts = defaultdict(list)  # (face, bold) → (family in this document, its characters)
        self.add_page()

    def line_of(self, text, *, size, bold=False, width=WIDTH, grey=False):
        """Text that wraps within `width`, from the present x; the next line begins under its start."""
        lines = lines_of(text, size=size, width=width / POINT, bold=bold)
        self._print(lines, size=size, bold=bold, grey=grey)

    def box_of(self, text, *, size, smallest, width, height, bold=False, grey=False):
        """Text that takes no more than a box, whatever its length: set smaller, and cut short at the last."""
        size, lines = fitted(
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
        """A name at the left edge, and at the right one its value, beside the first line of the name."""
        top, height = self.get_y() + 1, LEADING * size * POINT
        lines = lines_of(name, size=size, width=WIDTH * 0.7 / POINT, bold=bold)
        if top + height * len(lines) > self.page_break_trigger:
            self.add_page()
            top = self.get_y()
        for line in lines_of(value, size=size, width=WIDTH * 0.3 / POINT, bold=bold):
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
        self._cut_for(chain.from_iterable(lines), bold)
        for line in lines:
            if self.will_page_break(height):
                self.add_page()
            for run in in_order_of_sight(line):
                self._print_run(run, size=size, bold=bold, height=height)
            self.set_xy(left, self.get_y() + height)

    def _print_run(self, run, *, size, bold, height):
        family = next(name for name, has in self._cuts[run.face, bold] if has.issuperset(run.text))
        self.set_font(family, size=size)
        direction = TextDirection.RTL if run.level % 2 else TextDirection.LTR
        self.set_text_shaping(True, direction=direction, language=run.language)
        self.text_shaping |= {"fragment_direction": direction, "paragraph_direction": direction}
        self.cell(run.width(size=size, bold=bold) * POINT, height, run.text)

    def _cut_for(self, runs, bold):
        """Have a cut of each face that has all characters of these runs. A cut of a few characters is read
        and embedded many times faster than a whole face."""
        needed = defaultdict(set)
        for run in runs:
            needed[run.face].update(run.text)
        for face, characters in needed.items():
            cuts = self._cuts[face, bold]
            if not any(has.issuperset(characters) for _name, has in cuts):
                name, characters = f"cut{len(self.fonts)}", characters | USUAL
                file = Path(self._files.name, f"{name}.otf")
                file.write_bytes(face.cut(characters, bold=bold))
                self.add_font(name, fname=file)
                cuts.append((name, characters))

    def _preload_bidirectional_text(self, text, markdown):
        """A run is one fragment as it is: it has been divided by direction and by face already."""
        return (Fragment(text, self._get_current_graphics_state(), self.k),)
