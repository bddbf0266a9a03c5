"""Breaking text into lines of runs; each run has one font, script and direction and is shaped by itself.

A line shaped as a whole would be shaped in the script of its first letter, which misspells the others.
Lengths are in points.
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
MARKS = {"Mn", "Mc", "Me", "Sk"}  # Unicode categories of marks on the previous letter
CONTROLS = {"Cc", "Cf"}  # Unicode categories of characters without a glyph
VARIATION_SELECTORS = set(map(chr, range(0xFE00, 0xFE10)))


@dataclass(frozen=True)
class Run:
    """Text of one face, one script and one embedding level, in reading order."""

    text: str
    face: Face
    script: UnicodeScript
    level: int  # odd means right to left
    language: str

    def joins(self, other):
        return replace(self, text="") == replace(other, text="")

    def width(self, *, size, bold):
        return _shaped(self, bold)[0] * size

    @property
    def clusters(self):
        """Return the run in pieces within which no line may break: letters with their marks."""
        starts = _shaped(self, False)[1]
        ends = [*starts[1:], len(self.text)]
        return [replace(self, text=self.text[start:end]) for start, end in zip(starts, ends, strict=True)]


@lru_cache(maxsize=256)
def runs_of(text):
    """Return a tuple of the text's runs in reading order. SUBSTITUTE replaces characters that no face has."""
    text = composed(" ".join(text.split()))
    language, runs = _language(text), []
    for one in BidiParagraph(text, preserve_bn_chars=True).get_characters_with_embedding_level():
        last = runs[-1] if runs else None
        found = _assign_face(one.character, last)
        if found is None:
            continue
        character, face, script = found
        same_face = last and (last.face, last.level) == (face, one.embedding_level)
        if same_face and _share_script(last.script, script):
            script = last.script if script in NEUTRAL else script
            runs[-1] = replace(last, text=last.text + character, script=script)
        else:
            runs.append(Run(character, face, script, one.embedding_level, language))
    return tuple(runs)


def break_lines(text, *, size, width, bold=False):
    """Return the text as lines, each a list of runs in reading order, none wider than `width`."""
    lines, room = [], 0
    for word in _words(runs_of(text)):
        for piece in _pieces(word, size=size, width=width, bold=bold):
            if not lines or width_of(_trimmed(piece), size=size, bold=bold) > room:
                lines.append([])
                room = width
            lines[-1].extend(piece)
            room -= width_of(piece, size=size, bold=bold)
    return [_joined(_trimmed(line)) for line in lines]


def fit_lines(text, *, size, smallest, width, height, leading, bold=False):
    """Return (size, lines) that fit a box. A line is `leading` times its font size high.

    A long text is set smaller, down to `smallest`, and truncated if it doesn't fit even then.
    """

    def fit(text, size):
        lines = break_lines(text, size=size, width=width, bold=bold)
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


def visual_order(line):
    """Return the runs of a line from left to right."""
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


def _assign_face(character, last):
    """Return (character to print, face, script), or None for a control with no run to apply to."""
    script, category = get_unicode_script(character), unicodedata.category(character)
    is_in_last = last and ord(character) in last.face.characters
    if category in CONTROLS or character in VARIATION_SELECTORS:
        return last and (character, last.face, last.script)
    if is_in_last and (category in MARKS or (script in NEUTRAL and last.script not in NEUTRAL)):
        return character, last.face, last.script
    if face := face_for(character):
        return character, face, script
    return SUBSTITUTE, face_for(SUBSTITUTE), UnicodeScript.COMMON


def _share_script(one, other):
    return one is other or one in NEUTRAL or other in NEUTRAL


def _language(text):
    """Return the language that decides between Chinese, Japanese and Korean forms of a character."""
    scripts = {get_unicode_script(character) for character in text}
    if scripts & {UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA}:
        return "ja"
    return "ko" if UnicodeScript.HANGUL in scripts else "zh-Hans"


@lru_cache(maxsize=4096)
def _shaped(run, bold):
    """Return (the run's width at a font size of one point, list of the offsets where its clusters start)."""
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.language = run.language
    hb.shape(run.face.font(bold), buffer)
    width = sum(position.x_advance for position in buffer.glyph_positions) / run.face.units_per_em
    return width, sorted({info.cluster for info in buffer.glyph_infos})


def _words(runs):
    """Yield lists of runs that stay on one line, each with the space after it."""
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
    """Return [word], or a list of its clusters if it is longer than a line."""
    if width_of(_trimmed(word), size=size, bold=bold) <= width:
        return [word]
    return [[cluster] for run in word for cluster in run.clusters]


def _trimmed(runs):
    """Return the runs without the whitespace at their end."""
    if not runs or not runs[-1].text[-1].isspace():
        return runs
    last = replace(runs[-1], text=runs[-1].text.rstrip())
    return [*runs[:-1], last] if last.text else _trimmed(runs[:-1])


def _joined(runs):
    """Return the runs with adjacent ones of the same kind joined."""
    joined = []
    for run in runs:
        if joined and joined[-1].joins(run):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined
