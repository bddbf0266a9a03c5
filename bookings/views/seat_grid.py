"""The seats of a seat map: drawn once per snapshot and language, then filled with what each visitor sees.

Drawing hundreds of seats takes longer than the rest of the page. Only what the template prints as a `slot`
depends on the visitor: each seat's state, its checkbox's attributes, and the words for the state.
"""

from itertools import chain
from threading import Lock

from cachetools import TTLCache
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from ..seats import drawing

SLOT = "\0"  # HTML can't contain it, so no text in the template or in the layout does
CAN_BE_CHOSEN = {"free", "mine"}

_cache: TTLCache = TTLCache(maxsize=100, ttl=settings.LIVE_MAP_SECONDS)  # of some 150 kB each
_cache_lock = Lock()


def seat_grid(status, *, ticked, locked):
    """Return the HTML of the seats for a SeatStatus: the `ticked` ones selected, all disabled if `locked`."""
    pieces, labels = _drawn(status.snapshot, locked)
    states, ticked = drawing.states(status), set(ticked)
    words = {state: escape(str(words)) for state, words in drawing.STATE_WORDS.items()}
    slots = []
    for label in labels:
        state = states.get(label, "free")
        checked = " checked" if label in ticked else ""
        disabled = " disabled" if locked or state not in CAN_BE_CHOSEN else ""
        slots += (state, checked + disabled, words[state])
    filled = chain.from_iterable(zip(pieces, [*slots, ""], strict=True))
    return mark_safe("".join(filled))  # the template has escaped its values, and the words are escaped above


def _drawn(snapshot, locked):
    """Return the HTML around the slots as a list, and the labels of the seats that the slots belong to."""
    if not snapshot.stamp:  # read while Redis is down, and valid for this page alone
        return _draw(snapshot, locked)
    key = settings.REDIS_KEY_PREFIX, snapshot.showtime_id, snapshot.stamp, get_language(), locked
    with _cache_lock:
        drawn = _cache.get(key)
    if drawn is None:
        drawn = _draw(snapshot, locked)
        with _cache_lock:
            _cache[key] = drawn
    return drawn


def _draw(snapshot, locked):
    rows = drawing.rows(snapshot)
    context = {"rows": rows, "slot": SLOT, "words": drawing.STATE_WORDS, "locked": locked}
    html = render_to_string("bookings/_seat_grid.html", context)
    return html.split(SLOT), [place.label for row in rows for place in row.places if place]
