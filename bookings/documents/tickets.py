"""The tickets of a booking as a PDF: one strip per seat with its own QR code, four strips per page."""

from io import BytesIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moviebooking.templatetags import formats
from theaters.templatetags.theater_time import times

from .pdf import MARGIN, WIDTH, Paper
from .qr import qr_file

STRIP, CODE, GAP = 62, 46, 4  # mm; the code must be readable on creased paper
TEXT_WIDTH = WIDTH - CODE - 14


def tickets_pdf(booking):
    """Return the PDF of all valid tickets of a CONFIRMED booking, read with `for_pages()`."""
    title = _("Tickets for %(movie)s") % {"movie": booking.showtime.movie.title}
    paper = Paper(title=title, language=get_language())
    for number, ticket in enumerate(booking.tickets.valid()):
        if number and paper.get_y() + STRIP > paper.h - MARGIN:
            paper.add_page()
        _print_strip(paper, booking, ticket)
    return paper.as_bytes()


def _print_strip(paper, booking, ticket):
    showtime, top = booking.showtime, paper.get_y()
    screen = showtime.screen
    paper.set_draw_color(120)
    paper.rect(MARGIN, top, WIDTH, STRIP, round_corners=True, corner_radius=3)
    paper.image(BytesIO(qr_file(ticket.code)), x=MARGIN + WIDTH - CODE - 4, y=top + 4, w=CODE, h=CODE)
    paper.set_xy(MARGIN + 6, top + 5)
    paper.box_of(showtime.movie.title, size=15, smallest=9, bold=True, width=TEXT_WIDTH, height=13.6)
    paper.box_of(
        f"{screen.name} · {screen.theater.name}", size=10, smallest=7.5, width=TEXT_WIDTH, height=4.6
    )
    paper.box_of(screen.theater.address, size=8.5, smallest=6, width=TEXT_WIDTH, height=5.5, grey=True)
    paper.set_xy(MARGIN + 6, top + 29)
    when = f"{formats.day(showtime.local_start, 'year')}, {formats.clock(showtime.local_start)}"
    paper.box_of(when, size=17, smallest=9, bold=True, width=TEXT_WIDTH, height=7.7)
    paper.set_xy(MARGIN + 6, top + 36.8)
    paper.box_of(times(showtime), size=8.5, smallest=6, width=TEXT_WIDTH, height=5.5, grey=True)
    paper.set_xy(MARGIN + 6, top + 42.5)
    paper.box_of(_seat_label(ticket), size=17, smallest=9, bold=True, width=TEXT_WIDTH, height=7.7)
    paper.set_xy(MARGIN + 6, top + 52)
    reference = _("Booking ID %(reference)s") % {"reference": booking.reference}
    paper.box_of(reference, size=9, smallest=6, width=TEXT_WIDTH, height=4.2)
    paper.set_xy(MARGIN, top + STRIP + GAP)


def _seat_label(ticket):
    row = ticket.seat.rstrip("0123456789")
    return _("Row %(row)s · Seat %(number)s") % {"row": row, "number": ticket.seat[len(row) :]}
