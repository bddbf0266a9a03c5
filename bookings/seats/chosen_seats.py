"""The server's own record of the seats that a session selected for a showtime.

It is needed only as long as the locks, so it is kept in the cache under the session's key, not in the
session: a hold costs no SQL, and a session that ends meanwhile is not saved again. If the cache loses it, the
review page restores it from the locks.
"""

from django.conf import settings
from django.core.cache import caches


def remembered(session, showtime_id):
    """Return the labels that this session chose for the showtime, or an empty list."""
    if not session.session_key:
        return []
    return _cache().get(_key(session, showtime_id), [])


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
