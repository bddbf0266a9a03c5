"""Path converters. Import for the side effect: they are registered under the names given below.

A value that no database can look up doesn't match, so the page is a 404.
"""

from django.urls import register_converter

from .typed_codes import canonical_code, may_be_code
from .unicode_text import composed, is_slug


class Text:
    """Base of the converters whose value is matched by `regex` alone."""

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


class AnySlug(Text):
    """`<anyslug:slug>`: a slug in any script."""

    regex = "[^/]+"

    def to_python(self, value):
        if not is_slug(value):
            raise ValueError(value)
        return composed(value)


class ShortInt(Text):
    """`<id:pk>`: a primary key that fits into any database's integers."""

    regex = "[0-9]{1,15}"

    def to_python(self, value):
        return int(value)


class Code(Text):
    """`<ref:reference>`: a code in whatever way it was typed, converted to the way the site writes it."""

    regex = "[^/]{1,40}"

    def to_python(self, value):
        code = canonical_code(value)
        if not may_be_code(code):
            raise ValueError(value)
        return code


class SeatLabel(Text):
    """`<seat:seat>`: such as `F7`."""

    regex = "[A-Z]{1,3}[0-9]{1,3}"


class Token(Text):
    """`<link:link_code>`: the random part of a secret link."""

    regex = "[0-9A-Za-z_-]{1,40}"


register_converter(AnySlug, "anyslug")
register_converter(ShortInt, "id")
register_converter(Code, "ref")
register_converter(SeatLabel, "seat")
register_converter(Token, "link")
