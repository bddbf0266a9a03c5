from .booking import booking_list, cancel, create_booking, detail
from .payment import pay, stripe_webhook
from .seats import hold, release, seat_map, seat_status
from .ticket import calendar, hand_over, handed_over, receipt, resend, ticket_pdf, ticket_worker

__all__ = [
    "booking_list",
    "calendar",
    "cancel",
    "create_booking",
    "detail",
    "hand_over",
    "handed_over",
    "hold",
    "pay",
    "receipt",
    "release",
    "resend",
    "seat_map",
    "seat_status",
    "stripe_webhook",
    "ticket_pdf",
    "ticket_worker",
]
