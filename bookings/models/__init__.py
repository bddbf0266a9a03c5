from .booking import Booking, Ticket
from .email import Letter
from .payment import DemoIntent, DemoRefund, NewsCursor, Payment, PaymentEvent, Refund

__all__ = [
    "Booking",
    "DemoIntent",
    "DemoRefund",
    "Letter",
    "NewsCursor",
    "Payment",
    "PaymentEvent",
    "Refund",
    "Ticket",
]
