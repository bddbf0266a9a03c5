"""Documents for visitors, as bytes: tickets and receipts (PDF), and calendar files (iCalendar)."""

from .calendar import calendar_file
from .receipt import receipt_pdf
from .ticket_card import ticket_card
from .tickets import tickets_pdf

__all__ = ["calendar_file", "receipt_pdf", "ticket_card", "tickets_pdf"]
