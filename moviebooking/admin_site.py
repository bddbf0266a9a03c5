"""The admin, as robust against odd addresses and forms as the visitors' pages are.

Django's admin looks up what its addresses say, whatever it is, and finds out by an error, often only while it
prints the page. Here each view of it is asked through one gate.
"""

import logging
from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
MOST_WORDS, LONGEST_SEARCH = 12, 200  # each word costs a condition on every column that is searched
SEARCHES = ("q", "term")  # of a list, and of a field that completes what is typed
NONSENSE = (ValueError, OverflowError, ValidationError, DataError)  # a letter for a number, a year 0 or 10000


class Site(admin.AdminSite):
    def admin_view(self, view, cacheable=False):
        return super().admin_view(_careful(view), cacheable)


def _careful(view):
    """Answer 400 to what can't be looked up, and the page that was wanted to a search of too many words."""

    @wraps(view)
    def careful(request, *args, **kwargs):
        _refuse_unreadable(request)
        if shorter := _shorter_search(request):
            return redirect(f"{request.path}?{shorter.urlencode()}")
        try:
            response = view(request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response
        except NONSENSE as error:
            if not (args or kwargs or request.GET or request.POST):
                raise
            logger.warning("The admin can’t make sense of this request, or has a fault", exc_info=True)
            raise BadRequest from error

    return careful


def _refuse_unreadable(request):
    """No text has a NUL or half a character, PostgreSQL takes neither, and a pattern can cost minutes."""
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            if not all(_is_readable(text) for text in (name, *values)):
                raise BadRequest("A character that can't be read")
    if any(name.endswith("regex") for name in request.GET):
        raise BadRequest("A regular expression")


def _is_readable(text):
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _shorter_search(request):
    """Return the query with its search cut to MOST_WORDS; None where it is no longer than that."""
    query = None
    for name in SEARCHES:
        text = request.GET.get(name, "")
        words = text.split()
        if len(words) > MOST_WORDS or len(text) > LONGEST_SEARCH:
            query = query or request.GET.copy()
            query[name] = " ".join(words[:MOST_WORDS])[:LONGEST_SEARCH]
    if query and "q" in query:
        told = _(
            "That search was too long. Showing results for its first %(words)s words (up to %(letters)s "
            "characters)."
        )
        messages.warning(request, told % {"words": MOST_WORDS, "letters": LONGEST_SEARCH})
    return query
