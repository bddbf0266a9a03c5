"""The visitor's choice for a showtime: the server's own record of what this session really selected.

It is worth no more than the locks that it goes with, so it stands in the cache beside them, under the
session's key: a hold costs no SQL, and a session that ends meanwhile is not written again. Lost with the
cache, it is taken up again from the locks when the visitor reviews.
"""

from django.conf import settings
from django.core.cache import caches


def remembered(session, showtime_id):
    """The labels that this session chose for the showtime; empty when it chose none."""
    return (session.session_key and _cache().get(_key(session, showtime_id))) or []


def remember(session, showtime_id, seats):
    if session.session_key:
        _cache().set(_key(session, showtime_id), list(seats), session.get_expiry_age())


def forget(session, showtime_id):
    if session.session_key:
        _cache().delete(_key(session, showtime_id))


def _cache():
    return caches[settings.SESSION_CACHE_ALIAS]


def _key(session, showtime_id):
    return f"selection:{session.session_key}:{showtime_id}"
