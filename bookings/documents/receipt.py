"""The receipt of a booking: each line, fee, tax on the seats and on the fee, the total, and refunds."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moviebooking.currencies import price_unit
from moviebooking.templatetags.formats import clock, day, money
from theaters.templatetags.theater_time import theater_time

from .. import pricing
from ..minor_units import major
from ..models import Payment, Refund
from .pdf import Paper

SELLER = "MovieBooking"


def receipt_pdf(booking):
    """Return the PDF of a paid booking's receipt, refunds included."""
    quote, showtime = pricing.quote_of(booking), booking.showtime
    paper = Paper(
        title=_("Receipt %(reference)s") % {"reference": booking.reference}, language=get_language()
    )
    paper.line_of(_("Receipt"), size=22, bold=True)
    paper.line_of(f"{SELLER} · {showtime.screen.theater.address}", size=9, grey=True)
    buyer = booking.user.get_full_name() or booking.user.get_username()
    paper.line_of(_("Billed to %(name)s") % {"name": buyer}, size=11)
    paper.line_of(_("Booking ID %(reference)s") % {"reference": booking.reference}, size=11)
    paper.line_of(_local_time(booking.confirmed_at, showtime), size=11, grey=True)
    paper.ln(4)
    paper.line_of(showtime.movie.title, size=13, bold=True)
    screen, when = showtime.screen, _local_time(showtime.start_time, showtime)
    paper.line_of(f"{screen.theater.name}, {screen.name} · {when}", size=10.5)
    paper.rule()
    _print_lines(paper, quote)
    _print_refunds(paper, booking)
    return paper.as_bytes()


def _print_lines(paper, quote):
    def amount(value):
        return money(value, quote.currency)

    for line in quote.lines:
        labels = ", ".join(line.labels)
        paper.pair(f"{line.count} × {_(line.name)} ({amount(line.unit)}): {labels}", amount(line.amount))
    paper.pair(_("Convenience fee (%(percent)s%%)") % {"percent": quote.fee_percent}, amount(quote.fee))
    on_seats = pricing.tax_on_seats(quote.seats, quote.fee, quote.tax, unit=price_unit(quote.currency))
    percent = {"percent": quote.tax_percent}
    paper.pair(_("Tax on tickets (%(percent)s%%)") % percent, amount(on_seats))
    paper.pair(_("Tax on the fee (%(percent)s%%)") % percent, amount(quote.tax - on_seats))
    paper.rule()
    paper.pair(_("Paid"), amount(quote.total), bold=True, size=12)


def _print_refunds(paper, booking):
    paid = booking.payments.filter(status__in=[Payment.Status.SUCCEEDED, Payment.Status.REFUNDED])
    refunds = Refund.objects.filter(payment__in=paid).exclude(status=Refund.Status.FAILED)
    for refund in refunds.order_by("created_at"):
        back = money(-major(refund.amount, booking.currency), booking.currency)
        paper.pair(_("Refunded, %(date)s") % {"date": _local_time(refund.created_at, booking.showtime)}, back)


def _local_time(moment, showtime):
    moment = theater_time(moment, showtime)
    return f"{day(moment, 'long')}, {clock(moment)}"
