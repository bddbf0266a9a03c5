from .booking import booking_list, cancel, create_booking, detail
from .payment import pay, stripe_webhook
from .seats import hold, release, seat_map, seat_status

__all__ = [
    "booking_list",
    "cancel",
    "create_booking",
    "detail",
    "hold",
    "pay",
    "release",
    "seat_map",
    "seat_status",
    "stripe_webhook",
]
