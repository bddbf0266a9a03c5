from .booking import Booking, Ticket
from .payment import DemoIntent, DemoRefund, Payment, Refund

__all__ = ["Booking", "DemoIntent", "DemoRefund", "Payment", "Refund", "Ticket"]
