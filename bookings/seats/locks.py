"""Bring Redis up to date after a commit: free a booking's locks, drop an outdated live map.

If Redis is down, that is only logged: the locks expire at their deadlines, and the map at the end of its
lifetime.
"""

import logging

from ..refusals import HoldsUnavailable
from . import allowance, holds

logger = logging.getLogger(__name__)


def free_locks(booking, now, *, paid=False, late_too=True):
    """Free the locks of a booking that needs them no longer; with `late_too` those of its late payment.

    The map is refreshed first, so that a seat that was just sold is never without either guard.
    """
    refresh_map(booking.showtime_id, now)
    named = {"reference": booking.reference, "user_id": booking.user_id, "now": now}
    try:
        holds.finish(booking.showtime_id, **named, paid=paid, late_too=late_too)
    except HoldsUnavailable:
        logger.warning("Redis was away when the locks of %s could be freed", booking)
    else:
        allowance.end_booking(**named)


def refresh_map(showtime_id, now):
    """Drop the live map of the showtime, so that the next reader builds it from SQL."""
    try:
        holds.drop_map(showtime_id, now=now)
    except HoldsUnavailable:
        logger.warning("Redis was away when the map of showtime %s changed", showtime_id)
