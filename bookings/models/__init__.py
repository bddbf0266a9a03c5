from .booking import Booking, Ticket
from .payment import DemoIntent, Payment, Refund

__all__ = ["Booking", "DemoIntent", "Payment", "Refund", "Ticket"]
