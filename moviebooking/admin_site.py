"""An admin site that answers malformed requests with 400 instead of 500.

Django's admin passes the values of query strings and forms to lookups unchecked, and fails with an error,
often only while it renders the page. Here every view of the admin is wrapped in one check.
"""

import logging
from functools import wraps

from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, NotSupportedError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .database_limits import uncounted_waits
from .http import safe_next

logger = logging.getLogger(__name__)
MOST_WORDS, LONGEST_SEARCH = 12, 200  # each word costs a condition on every column that is searched
SEARCHES = ("q", "term")  # of a list, and of an autocomplete field
BAD_VALUE_ERRORS = (  # a letter for a number, or a lookup in JSON that SQLite lacks
    *(ValueError, OverflowError, ValidationError, DataError, NotSupportedError),
)
UNUSABLE_LOOKUPS = ("regex", "__range")  # a pattern can take minutes; a range needs two values


class Site(admin.AdminSite):
    def admin_view(self, view, cacheable=False):
        return super().admin_view(_checked(view), cacheable)

    def login(self, request, extra_context=None):
        """Ignore a `next` that is not the URL of a page of this site, as all other pages do."""
        if not safe_next(request):
            request.GET, request.POST = _without_next(request.GET), _without_next(request.POST)
        return super().login(request, extra_context)


def _without_next(sent):
    sent = sent.copy()
    sent.pop(REDIRECT_FIELD_NAME, None)
    return sent


def _checked(view):
    """Raise BadRequest for values that can't be looked up, and shorten a search of too many words."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        _refuse_unreadable(request)
        if shorter := _shorter_search(request):
            return redirect(f"{request.path}?{shorter.urlencode()}")
        try:
            with uncounted_waits():
                response = view(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response
        except BAD_VALUE_ERRORS as error:
            if not (args or kwargs or request.GET or request.POST):
                raise
            logger.warning("The admin can’t make sense of this request, or has a fault", exc_info=True)
            raise BadRequest from error

    return checked


def _refuse_unreadable(request):
    """Raise BadRequest for characters that PostgreSQL refuses, and for UNUSABLE_LOOKUPS."""
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            if not all(_is_readable(text) for text in (name, *values)):
                raise BadRequest("Unreadable character")
    if any(name.endswith(UNUSABLE_LOOKUPS) for name in request.GET):
        raise BadRequest("Unusable lookup")


def _is_readable(text):
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _shorter_search(request):
    """Return the query with its search cut to MOST_WORDS, or None if it is no longer than that."""
    query = None
    for name in SEARCHES:
        text = request.GET.get(name, "")
        words = text.split()
        if len(words) > MOST_WORDS or len(text) > LONGEST_SEARCH:
            query = query or request.GET.copy()
            query[name] = " ".join(words[:MOST_WORDS])[:LONGEST_SEARCH]
    if query and "q" in query:
        text = _(
            "That search was too long. Showing results for its first %(words)s words (up to %(letters)s "
            "characters)."
        )
        messages.warning(request, text % {"words": MOST_WORDS, "letters": LONGEST_SEARCH})
    return query
