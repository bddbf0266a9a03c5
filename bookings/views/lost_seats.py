"""What a visitor is told who comes to the review without some of the seats that they had chosen."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import selection
from ..refusals import InvalidSeats


def tell_of_lost(request, pk, status, refusal):
    """Some of the choice may be gone without a word so far: with the row that the hall has lost, say."""
    lost = [seat for seat in selection.remembered(request.session, pk) if seat not in status.mine]
    gone = [seat for seat in lost if seat not in status.facts.codes]
    if gone and not refusal:
        messages.warning(request, InvalidSeats(gone, unknown=gone).message)
    elif lost and not refusal:
        text = ngettext(
            "%(seats)s is no longer held for you.", "%(seats)s are no longer held for you.", len(lost)
        )
        messages.warning(request, text % {"seats": ", ".join(lost)})


def why_nothing(chosen, status):
    """Why nothing is held, for a visitor who chose these seats."""
    if not chosen:
        return _("You hold no seats here yet. Choose them first.")
    gone = [label for label in chosen if label not in status.facts.codes]
    if gone:
        return InvalidSeats(gone, unknown=gone).message
    free = [label for label in chosen if label in status.free]
    if free:
        return ngettext(
            "Your seats are no longer held. %(seats)s is still free and ticked: hold it again.",
            "Your seats are no longer held. %(seats)s are still free and ticked: hold them again.",
            len(free),
        ) % {"seats": ", ".join(free)}
    return ngettext(
        "Your seat is no longer held, and %(seats)s has been taken since. Choose another one.",
        "Your seats are no longer held, and %(seats)s have been taken since. Choose others.",
        len(chosen),
    ) % {"seats": ", ".join(chosen)}
