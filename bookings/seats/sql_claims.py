"""Read a showtime's sold and pending seats from SQL, as claims for the live map."""

from theaters.models import Showtime

from ..models import Booking, Ticket
from . import holds


def claims_in_sql(showtime_id, now):
    """Return (the showtime's revision, {label: claim}); seats that are not named are free.

    The revision is read first, so all changes up to it are in the claims. Later ones may be: to put them into
    the map once more changes nothing. Bookings are read before tickets, so that a booking that is confirmed
    in between is found at least once. Raise Showtime.DoesNotExist.
    """
    revision = Showtime.objects.values_list("seats_revision", flat=True).get(pk=showtime_id)
    payable = Booking.objects.payable(now).filter(showtime_id=showtime_id)
    claims = {
        label: holds.pending_claim(reference, user_id, expires_at)
        for reference, user_id, seats, expires_at in payable.values_list(
            "reference", "user_id", "seats", "expires_at"
        )
        for label in seats
    }
    sold = Ticket.objects.valid().filter(showtime_id=showtime_id).values_list("seat", flat=True)
    return revision, claims | dict.fromkeys(sold, holds.TICKET)
