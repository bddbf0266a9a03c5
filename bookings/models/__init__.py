from .booking import Booking, Ticket
from .payment import DemoIntent, DemoRefund, NewsCursor, Payment, PaymentEvent, Refund

__all__ = [
    "Booking",
    "DemoIntent",
    "DemoRefund",
    "NewsCursor",
    "Payment",
    "PaymentEvent",
    "Refund",
    "Ticket",
]
