"""Refusals that give other visitors a chance: limits that end by themselves."""

import math
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..refusals import BookingRefused


class ComeBackLater(BookingRefused):
    """The base class. `wait` is the time until the limit ends, or None if it never does."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__()
        self.retry_after = max(1, math.ceil(wait.total_seconds())) if wait is not None else None

    @property
    def minutes(self) -> int:
        return math.ceil((self.retry_after or 0) / 60)


class HoldPaused(ComeBackLater):
    """The visitor has held seats of this showtime for as long as is allowed without paying."""

    code = "hold_paused"

    @property
    def message(self) -> str:
        return ngettext(
            "It’s other people’s turn to choose seats for this show. "
            "You can hold seats here again in %(minutes)s minute.",
            "It’s other people’s turn to choose seats for this show. "
            "You can hold seats here again in %(minutes)s minutes.",
            self.minutes,
        ) % {"minutes": self.minutes}


class TooManyHeld(ComeBackLater):
    """The visitor would hold too many seats over all showtimes."""

    code = "too_many_held"

    @property
    def message(self) -> str:
        most = settings.MAX_HELD_SEATS
        if not self.retry_after:
            return _("You can hold up to %(most)s seats at a time.") % {"most": most}
        return ngettext(
            "You can hold up to %(most)s seats at a time across all shows. "
            "Pay for some or release them, or try again in %(minutes)s minute.",
            "You can hold up to %(most)s seats at a time across all shows. "
            "Pay for some or release them, or try again in %(minutes)s minutes.",
            self.minutes,
        ) % {"most": most, "minutes": self.minutes}


class TooManyHeldFromAddress(ComeBackLater):
    """The new accounts of one address would hold too many seats together."""

    code = "too_many_held"

    @property
    def message(self) -> str:
        return ngettext(
            "New accounts on your network are holding too many seats. Try again in %(minutes)s minute.",
            "New accounts on your network are holding too many seats. Try again in %(minutes)s minutes.",
            self.minutes,
        ) % {"minutes": self.minutes}
