"""What a visitor takes along: tickets and receipt as PDF, and the date for their calendar. Bytes out."""

from .calendar import calendar_file
from .receipt import receipt_pdf
from .ticket_card import ticket_card
from .tickets import tickets_pdf

__all__ = ["calendar_file", "receipt_pdf", "ticket_card", "tickets_pdf"]
