"""A ticket as web pages print it."""

from theaters.layout import SEAT_CLASSES

from .qr import qr_svg


def ticket_card(ticket):
    """Return the template context of one Ticket (with `showtime__screen`): its seat and its QR code.

    `qr` is markup. `class_name` is empty where the layout no longer has the seat.
    """
    seat = ticket.showtime.screen.seating.seats.get(ticket.seat)
    row = ticket.seat.rstrip("0123456789")
    return {
        "seat": ticket.seat,
        "row": row,
        "number": ticket.seat[len(row) :],
        "class_name": SEAT_CLASSES[seat.code].name if seat else "",
        "qr": qr_svg(ticket.code),
        "link_code": ticket.link_code,
    }
