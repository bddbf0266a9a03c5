from .booking import Booking, Ticket
from .payment import DemoIntent, DemoRefund, Payment, PaymentEvent, Refund

__all__ = ["Booking", "DemoIntent", "DemoRefund", "Payment", "PaymentEvent", "Refund", "Ticket"]
