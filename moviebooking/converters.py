"""Parts of a path. Import for the side effect: the converters are then known by their names."""

from django.urls import register_converter

from .unicode_text import composed, is_slug


class AnySlug:
    """`<anyslug:slug>`: a slug in any script. What no slug can hold (a NUL) is no match, and so a 404."""

    regex = "[^/]+"

    def to_python(self, value):
        if not is_slug(value):
            raise ValueError(value)
        return composed(value)

    def to_url(self, value):
        return value


register_converter(AnySlug, "anyslug")
