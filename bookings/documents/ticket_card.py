"""A ticket as web pages print it."""

from theaters.layout import SEAT_CLASSES

from .qr import qr_svg


def ticket_card(ticket, screen):
    """Return the template context of one Ticket on its Screen: its seat and its QR code.

    `qr` is markup. `class_name` is empty where the layout no longer has the seat.
    """
    seat = screen.seating.seats.get(ticket.seat)
    row = ticket.seat.rstrip("0123456789")
    return {
        "seat": ticket.seat,
        "row": row,
        "number": ticket.seat[len(row) :],
        "class_name": SEAT_CLASSES[seat.code].name if seat else "",
        "qr": qr_svg(ticket.code),
        "link_code": ticket.link_code,
    }
