"""Text set in lines: each run of one face, one script and one direction is shaped by itself.

A line shaped as a whole would take the script of its first letter for all of them, and misspell the others.
Lengths are points.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

import uharfbuzz as hb
from fpdf.bidi import BidiParagraph
from fpdf.unicode_script import UnicodeScript, get_unicode_script

from moviebooking.unicode_text import composed

from .typefaces import SUBSTITUTE, Face, face_for

ELLIPSIS = "…"
#: Scripts written without spaces between the words: a line may end after any of their clusters.
UNSPACED = {
    UnicodeScript[name]
    for name in ("HAN", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR")
}
NEUTRAL = {UnicodeScript.COMMON, UnicodeScript.INHERITED, UnicodeScript.UNKNOWN}
MARKS = {"Mn", "Mc", "Me", "Sk"}  # categories of what is written on the letter before it
CONTROLS = {"Cc", "Cf"}  # of what has no shape of its own
SELECTORS = set(map(chr, range(0xFE00, 0xFE10)))


@dataclass(frozen=True)
class Run:
    """Text of one face, one script and one embedding level, in the order of reading."""

    text: str
    face: Face
    script: UnicodeScript
    level: int  # odd: from right to left
    language: str

    def joins(self, other):
        return replace(self, text="") == replace(other, text="")

    def width(self, *, size, bold):
        return _shaped(self, bold)[0] * size

    @property
    def clusters(self):
        """The pieces within which no line may end: a letter with what is written on and around it."""
        starts = _shaped(self, False)[1]
        ends = [*starts[1:], len(self.text)]
        return [replace(self, text=self.text[start:end]) for start, end in zip(starts, ends, strict=True)]


@lru_cache(maxsize=256)
def runs_of(text):
    """A tuple of the text's runs in the order of reading. A character that no face has becomes a visible
    sign."""
    text = composed(" ".join(text.split()))
    language, runs = _language(text), []
    for one in BidiParagraph(text, preserve_bn_chars=True).get_characters_with_embedding_level():
        last = runs[-1] if runs else None
        found = _set(one.character, last)
        if found is None:
            continue
        character, face, script = found
        if last and (last.face, last.level) == (face, one.embedding_level) and _agree(last.script, script):
            script = last.script if script in NEUTRAL else script
            runs[-1] = replace(last, text=last.text + character, script=script)
        else:
            runs.append(Run(character, face, script, one.embedding_level, language))
    return tuple(runs)


def lines_of(text, *, size, width, bold=False):
    """The text as lines, each a list of runs in the order of reading, none wider than `width`."""
    lines, room = [], 0
    for word in _words(runs_of(text)):
        for piece in _pieces(word, size=size, width=width, bold=bold):
            if not lines or width_of(_trimmed(piece), size=size, bold=bold) > room:
                lines.append([])
                room = width
            lines[-1].extend(piece)
            room -= width_of(piece, size=size, bold=bold)
    return [_joined(_trimmed(line)) for line in lines]


def fitted(text, *, size, smallest, width, height, leading, bold=False):
    """(size, lines) that fit a box: a long text is set smaller, and its end is left out where even the
    smallest size does not suffice. A line is `leading` times its size high."""

    def fit(text, size):
        lines = lines_of(text, size=size, width=width, bold=bold)
        return lines if len(lines) * leading * size <= height + 0.01 else None

    while size > smallest:
        if (lines := fit(text, size)) is not None:
            return size, lines
        size = max(size - 0.5, smallest)
    clusters, shown = [cluster.text for run in runs_of(text) for cluster in run.clusters], text
    while (lines := fit(shown, smallest)) is None and clusters:
        del clusters[-max(1, len(clusters) // 20) :]
        shown = "".join(clusters).rstrip() + ELLIPSIS
    return smallest, lines or []


def width_of(runs, *, size, bold):
    return sum(run.width(size=size, bold=bold) for run in runs)


def in_order_of_sight(line):
    """The runs of a line from left to right."""
    runs = list(line)
    for level in range(max((run.level for run in line), default=0), 0, -1):
        ordered, turned = [], []
        for run in runs:
            if run.level >= level:
                turned.insert(0, run)
            else:
                ordered += [*turned, run]
                turned = []
        runs = ordered + turned
    return runs


def _set(character, last):
    """(what is printed, its face, its script), or None for a control that has nothing to act on."""
    script, category = get_unicode_script(character), unicodedata.category(character)
    is_in_last = last and ord(character) in last.face.characters
    if category in CONTROLS or character in SELECTORS:
        return last and (character, last.face, last.script)
    if is_in_last and (category in MARKS or (script in NEUTRAL and last.script not in NEUTRAL)):
        return character, last.face, last.script
    if face := face_for(character):
        return character, face, script
    return SUBSTITUTE, face_for(SUBSTITUTE), UnicodeScript.COMMON


def _agree(one, other):
    return one is other or one in NEUTRAL or other in NEUTRAL


def _language(text):
    """What decides between the Chinese, Japanese and Korean forms of one character."""
    scripts = {get_unicode_script(character) for character in text}
    if scripts & {UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA}:
        return "ja"
    return "ko" if UnicodeScript.HANGUL in scripts else "zh-Hans"


@lru_cache(maxsize=4096)
def _shaped(run, bold):
    """(the run's width at a size of one point, where its clusters start)."""
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.language = run.language
    hb.shape(run.face.weighted(bold), buffer)
    width = sum(position.x_advance for position in buffer.glyph_positions) / run.face.units_per_em
    return width, sorted({info.cluster for info in buffer.glyph_infos})


def _words(runs):
    """Lists of runs that stay on one line, each with the space after it."""
    word = []
    for run in runs:
        for part in _parts(run):
            if word and (word[-1].text[-1].isspace() or {word[-1].script, part.script} <= UNSPACED):
                yield word
                word = []
            word.append(part)
    if word:
        yield word


def _parts(run):
    if run.script in UNSPACED:
        return run.clusters
    return [replace(run, text=text) for text in re.findall(r"\S+\s*|\s+", run.text)]


def _pieces(word, *, size, width, bold):
    """The word itself, or its clusters where it is longer than a line."""
    if width_of(_trimmed(word), size=size, bold=bold) <= width:
        return [word]
    return [[cluster] for run in word for cluster in run.clusters]


def _trimmed(runs):
    """Without the space at its end."""
    if not runs or not runs[-1].text[-1].isspace():
        return runs
    last = replace(runs[-1], text=runs[-1].text.rstrip())
    return [*runs[:-1], last] if last.text else _trimmed(runs[:-1])


def _joined(runs):
    joined = []
    for run in runs:
        if joined and joined[-1].joins(run):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined
