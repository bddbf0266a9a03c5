"""The visitor's choice for a showtime, in the session: the server's own record of what was really selected.

It is worth no more than the locks that it goes with, so it is written to the session's copy in the cache
alone: a hold costs no SQL. Lost with the cache, it is taken up again from the locks when the visitor
reviews.
"""

from django.conf import settings
from django.core.cache import caches

KEY = "selection"


def remembered(session, showtime_id):
    """The labels that this session chose for the showtime; empty when it chose none."""
    return session.get(KEY, {}).get(str(showtime_id), [])


def remember(session, showtime_id, seats):
    chosen = {**session.get(KEY, {}), str(showtime_id): list(seats)}
    _write(session, {showtime: labels for showtime, labels in chosen.items() if labels})


def forget(session, showtime_id):
    if remembered(session, showtime_id):
        remember(session, showtime_id, [])


def _write(session, chosen):
    saved_later = session.modified
    session[KEY] = chosen
    if saved_later or not session.session_key:
        return
    session.modified = False
    cache = caches[settings.SESSION_CACHE_ALIAS]
    cache.set(session.cache_key, dict(session.items()), session.get_expiry_age())
