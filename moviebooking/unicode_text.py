"""Text in any script: one form to store it in, one to compare it by, and one for addresses."""

import unicodedata

from django.utils.text import slugify

#: Letters that Unicode does not take apart, and signs that people type for others.
PLAIN = str.maketrans(
    {
        "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "ɨ": "i",
        "æ": "ae", "œ": "oe", "þ": "th", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-",
    }
)  # fmt: skip
NUKTA, POINTS, ACCENTS = 7, range(10, 37), 200  # canonical combining classes; see `_is_accent`


def composed(text):
    """A letter with an accent as one character, however it was typed (NFC): so text is stored."""
    return unicodedata.normalize("NFC", text)


def folded(text):
    """The text without case, accents and differences of spelling that nobody types alike: so it is searched.

    `Mùi đu đủ` → mui du du. Vowel signs stay, since they are letters: `दिलवाले` is not `दलवल`.
    """
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(part for part in parts if not _is_accent(part))
    return composed(" ".join(kept.translate(PLAIN).split()))


def slug_of(text):
    """`Amélie` → amelie, `1917` → 1917, `アキラ 2` → アキラ-2 (not 2), `दिलवाले` → दिलवाले.

    A text without a Latin letter keeps its own letters; one with no letter and no number gives "".
    """
    lower = unicodedata.normalize("NFKC", text).lower().replace("-", " ")
    own = "".join(character for character in lower if character.isspace() or _is_of_words(character))
    own = "-".join(own.split()).strip("-_")
    latin = slugify(folded(text))
    return latin if own.isascii() or any("a" <= character <= "z" for character in latin) else own


def is_slug(text):
    return bool(text) and all(character == "-" or _is_of_words(character) for character in text)


def _is_of_words(character):
    """Letters, the marks on them, numbers and the underscore."""
    return character == "_" or unicodedata.category(character)[0] in "LMN"


def _is_accent(character):
    """What is written on a letter and may be left out: accents, vowel points, the Indian dot below; and what
    has no shape at all. Vowel signs, the virama and the marks of kana are parts of the spelling."""
    mark = unicodedata.combining(character)
    return mark == NUKTA or mark in POINTS or mark >= ACCENTS or unicodedata.category(character) == "Cf"
