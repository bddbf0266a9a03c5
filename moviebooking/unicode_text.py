"""Normalize text in any script: for storing, for searching, and for URLs."""

import unicodedata

from django.utils.text import slugify

#: Letters that Unicode does not decompose, and punctuation that people type in several ways.
PLAIN = str.maketrans(
    {
        "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "ɨ": "i",
        "æ": "ae", "œ": "oe", "þ": "th", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-",
    }
)  # fmt: skip
NUKTA, POINTS, ACCENTS = 7, range(10, 37), 200  # canonical combining classes; see `_is_accent`


def composed(text):
    """Return the text in NFC, in which it is stored: an accented letter is always one character."""
    return unicodedata.normalize("NFC", text)


def folded(text):
    """Return the text without case, accents and variants of punctuation, by which it is searched.

    `Mùi đu đủ` → mui du du. Vowel signs are kept, since they are letters: `दिलवाले` is not `दलवल`.
    """
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(part for part in parts if not _is_accent(part))
    return composed(" ".join(kept.translate(PLAIN).split()))


def slug_of(text):
    """Return a slug: `Amélie` → amelie, `1917` → 1917, `アキラ 2` → アキラ-2 (not 2), `दिलवाले` → दिलवाले.

    Text without a Latin letter keeps its own letters. Text without letters and numbers becomes "".
    """
    lower = unicodedata.normalize("NFKC", text).lower().replace("-", " ")
    own = "".join(character for character in lower if character.isspace() or _is_word_character(character))
    own = "-".join(own.split()).strip("-_")
    latin = slugify(folded(text))
    return latin if own.isascii() or any("a" <= character <= "z" for character in latin) else own


def is_slug(text):
    return bool(text) and all(character == "-" or _is_word_character(character) for character in text)


def _is_word_character(character):
    """Return True for letters, marks, numbers and the underscore."""
    return character == "_" or unicodedata.category(character)[0] in "LMN"


def _is_accent(character):
    """Return True for marks that people leave out (accents, vowel points, nukta), and invisible characters.

    Vowel signs, the virama and the marks of kana are part of the spelling.
    """
    mark = unicodedata.combining(character)
    return mark == NUKTA or mark in POINTS or mark >= ACCENTS or unicodedata.category(character) == "Cf"
