"""Parts of a path. Import for the side effect: the converters are then known by their names."""

from django.urls import register_converter


class AnySlug:
    """`<anyslug:slug>`: a slug in any alphabet. What no slug can hold (a NUL) is no match, and so a 404."""

    regex = r"[-\w]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(AnySlug, "anyslug")
