"""The bookings section of an account's data export."""

from django.utils import timezone

from accounts.data_export import register_section


@register_section("bookings")
def bookings_of(user):
    now = timezone.now()
    return [_as_exported(booking, now) for booking in user.bookings.for_pages().order_by("created_at")]


def _as_exported(booking, now):
    screen = booking.showtime.screen
    return {
        "reference": booking.reference,
        "movie": booking.showtime.movie.title,
        "theater": screen.theater.name,
        "screen": screen.name,
        "starts_at": booking.showtime.start_time,
        "seats": booking.seats,
        "status": booking.status_at(now),
        "seats_amount": booking.seats_amount,
        "fee_amount": booking.fee_amount,
        "tax_amount": booking.tax_amount,
        "total_amount": booking.total_amount,
        "currency": booking.currency,
        "made_at": booking.created_at,
        "confirmed_at": booking.confirmed_at,
        "cancelled_at": booking.cancelled_at,
    }
