"""The fonts that documents are printed in, and subsets of them with the characters of one document.

A subset of a variable font has its regular or its bold weight. See docs/decisions/0100.
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
import uharfbuzz as hb
from django.conf import settings

#: Printed for a character that no font has.
SUBSTITUTE = "\N{REPLACEMENT CHARACTER}"
REGULAR, BOLD = 400, 700
#: What HarfBuzz inserts itself: joiners, the left half of a Khmer vowel, a circle under a stray mark.
INSERTED_BY_HARFBUZZ = "\u200c\u200d\u17c1\u25cc"
SUFFIXES = {".ttf", ".otf", ".ttc"}


class Face:
    """One font file. Faces are compared by identity: `faces()` makes each once per process."""

    def __init__(self, path):
        self.name = path.stem.partition("[")[0]
        self._face = hb.Face(hb.Blob.from_file_path(path))
        self.characters = frozenset(self._face.unicodes)
        self._axes = {axis.tag: axis for axis in self._face.axis_infos}
        self.units_per_em = self._face.upem

    def font(self, bold):
        """Return the HarfBuzz font to shape text with."""
        font = hb.Font(self._face)
        if "wght" in self._axes:
            font.set_variations({"wght": self._weight(bold)})
        return font

    def subset(self, characters, *, bold):
        """Return a font file, as bytes, that sets these characters as the face does, in one weight."""
        wanted = hb.SubsetInput()
        parts = unicodedata.normalize("NFKD", "".join(characters))
        wanted.unicode_set.update(map(ord, {*characters, *parts, *INSERTED_BY_HARFBUZZ}))
        wanted.flags |= hb.SubsetFlags.DOWNGRADE_CFF2 | hb.SubsetFlags.NOTDEF_OUTLINE
        if self._axes:
            wanted.pin_all_axes_to_default(self._face)
        if "wght" in self._axes:
            wanted.pin_axis_location(self._face, "wght", self._weight(bold))
        return hb.subset(self._face, wanted).blob.data

    def _weight(self, bold):
        axis = self._axes["wght"]
        return min(max(BOLD if bold else REGULAR, axis.min_value), axis.max_value)


@cache
def faces():
    """Return every face, in the order in which `face_for` searches: Latin first, FONT_FOLDERS last."""
    [latin, *scripts] = _font_files(manimgx_fonts.__path__[0], first="NotoSans[wght]")
    configured = [path for folder in settings.FONT_FOLDERS for path in _font_files(folder)]
    return [
        Face(path) for path in (latin, *scripts, *_font_files(manimgx_fonts_cjk.__path__[0]), *configured)
    ]


@lru_cache(maxsize=4096)
def face_for(character):
    """Return the first face that has the character, or None."""
    return next((face for face in faces() if ord(character) in face.characters), None)


def _font_files(folder, *, first=""):
    paths = [path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES]
    upright = [path for path in paths if "Italic" not in path.stem]
    return sorted(upright, key=lambda path: (path.stem != first, path.stem))
