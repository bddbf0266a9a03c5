"""Genres and languages in the reader's language; names that are not listed here stay as typed."""

from django.utils.translation import pgettext, pgettext_lazy


def translated(kind, name):
    """Return the name in the active language; `kind` is "genre" or "language"."""
    return pgettext(kind, name)


#: For translators: the usual genres and languages.
LISTED = [
    pgettext_lazy("genre", "Action"),
    pgettext_lazy("genre", "Adventure"),
    pgettext_lazy("genre", "Animation"),
    pgettext_lazy("genre", "Biography"),
    pgettext_lazy("genre", "Comedy"),
    pgettext_lazy("genre", "Crime"),
    pgettext_lazy("genre", "Documentary"),
    pgettext_lazy("genre", "Drama"),
    pgettext_lazy("genre", "Family"),
    pgettext_lazy("genre", "Fantasy"),
    pgettext_lazy("genre", "History"),
    pgettext_lazy("genre", "Horror"),
    pgettext_lazy("genre", "Music"),
    pgettext_lazy("genre", "Musical"),
    pgettext_lazy("genre", "Mystery"),
    pgettext_lazy("genre", "Romance"),
    pgettext_lazy("genre", "Sci-Fi"),
    pgettext_lazy("genre", "Sport"),
    pgettext_lazy("genre", "Thriller"),
    pgettext_lazy("genre", "War"),
    pgettext_lazy("genre", "Western"),
    pgettext_lazy("language", "Assamese"),
    pgettext_lazy("language", "Bengali"),
    pgettext_lazy("language", "Bhojpuri"),
    pgettext_lazy("language", "English"),
    pgettext_lazy("language", "French"),
    pgettext_lazy("language", "Gujarati"),
    pgettext_lazy("language", "Hindi"),
    pgettext_lazy("language", "Japanese"),
    pgettext_lazy("language", "Kannada"),
    pgettext_lazy("language", "Korean"),
    pgettext_lazy("language", "Malayalam"),
    pgettext_lazy("language", "Marathi"),
    pgettext_lazy("language", "Odia"),
    pgettext_lazy("language", "Punjabi"),
    pgettext_lazy("language", "Spanish"),
    pgettext_lazy("language", "Tamil"),
    pgettext_lazy("language", "Telugu"),
    pgettext_lazy("language", "Urdu"),
]
