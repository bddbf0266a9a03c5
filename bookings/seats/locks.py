"""Bring Redis up to date after a commit: tell the live map what has changed, free a booking's locks.

If Redis is down, that is only logged: the locks expire at their deadlines, and the map at the end of its
lifetime.
"""

import logging

from ..models import Booking
from ..refusals import HoldsUnavailable
from . import allowance, holds

logger = logging.getLogger(__name__)


def free_locks(booking, now, *, paid=False, late_too=True):
    """Free the locks of a booking that needs them no longer; with `late_too` those of its late payment.

    The map is told first, so that a seat that was just sold is never without either guard.
    """
    tell_map(booking, now)
    named = {"reference": booking.reference, "user_id": booking.user_id, "now": now}
    try:
        holds.finish(booking.showtime_id, **named, paid=paid, late_too=late_too)
    except HoldsUnavailable:
        logger.warning("Redis was away when the locks of %s could be freed", booking)
    else:
        allowance.end_booking(**named)


def tell_map(booking, now):
    """Put the booking's `seat_change` into the live map, if it has one."""
    if change := booking.seat_change:
        claims = dict.fromkeys(change.seats, _claim(booking))
        try:
            holds.patch(booking.showtime_id, revision=change.revision, claims=claims, now=now)
        except HoldsUnavailable:
            logger.warning("Redis was away when the seats of %s changed", booking)


def _claim(booking):
    if booking.status == Booking.Status.CONFIRMED:
        return holds.TICKET
    if booking.status == Booking.Status.PENDING:
        return holds.pending_claim(booking.reference, booking.user_id, booking.expires_at)
    return holds.FREE


def drop_map(showtime_id, now):
    """Drop the live map of the showtime, so that the next reader builds it from SQL.

    For changes outside of `lifecycle`, which no revision tells, and where the map was found to be wrong.
    """
    try:
        holds.drop_map(showtime_id, now=now)
    except HoldsUnavailable:
        logger.warning("Redis was away when the map of showtime %s changed", showtime_id)
