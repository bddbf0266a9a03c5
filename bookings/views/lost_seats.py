"""Messages for a visitor who comes to the review without some of the chosen seats."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..refusals import InvalidSeats


def warn_of_lost_seats(request, chosen, status, refusal):
    """Warn of chosen seats that are no longer held, or no longer in the layout."""
    lost = [seat for seat in chosen if seat not in status.mine]
    gone = [seat for seat in lost if seat not in status.snapshot.layout.seats]
    if gone and not refusal:
        messages.warning(request, InvalidSeats(gone, unknown=gone).message)
    elif lost and not refusal:
        text = _("We’re no longer holding %(seats)s.") % {"seats": ", ".join(lost)}
        messages.warning(request, text)


def explain_empty_review(chosen, status):
    """Return a sentence that says why none of the chosen seats is held."""
    if not chosen:
        return _("Choose your seats first.")
    gone = [label for label in chosen if label not in status.snapshot.layout.seats]
    if gone:
        return InvalidSeats(gone, unknown=gone).message
    free = [label for label in chosen if label in status.free]
    if free:
        return ngettext(
            "Your seats were released. %(seats)s is still available and selected.",
            "Your seats were released. %(seats)s are still available and selected.",
            len(free),
        ) % {"seats": ", ".join(free)}
    return ngettext(
        "Your hold ended and %(seats)s was taken. Please choose another seat.",
        "Your hold ended and %(seats)s were taken. Please choose other seats.",
        len(chosen),
    ) % {"seats": ", ".join(chosen)}
