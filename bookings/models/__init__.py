from .booking import Booking, Ticket
from .email import BookingEmail
from .payment import DemoIntent, DemoRefund, EventCursor, Payment, PaymentEvent, Refund

__all__ = [
    "Booking",
    "DemoIntent",
    "DemoRefund",
    "BookingEmail",
    "EventCursor",
    "Payment",
    "PaymentEvent",
    "Refund",
    "Ticket",
]
