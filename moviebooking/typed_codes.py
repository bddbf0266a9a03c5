"""Codes that people read aloud and type, such as a booking's reference."""

#: Hyphens, dashes and spaces, which people and their keyboards put between groups of letters.
SEPARATORS = dict.fromkeys(map(ord, "- \u00a0\u2010\u2011\u2012\u2013\u2014"))


def canonical_code(text: str) -> str:
    """Return the code as the site writes it, whether it was typed in lower case or in groups."""
    return text.translate(SEPARATORS).upper()


def may_be_code(text: str) -> bool:
    """Return False for what is never a canonical code, which includes all that a database rejects."""
    return 0 < len(text) <= 20 and text.isascii() and text.isalnum()
