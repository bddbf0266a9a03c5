"""Refusals: expected "no"s, each an exception with a sentence for people, a code for JSON, and the seats."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from .models import Booking


class BookingRefused(Exception):
    """The base class of all refusals. `seats` are the labels that caused it, if any."""

    code = "refused"
    retry_after: int | None = None  # whole seconds, where waiting helps

    def __init__(self, seats: Iterable[str] = ()) -> None:
        super().__init__(self.code)
        self.seats = list(seats)

    @property
    def message(self) -> "StrOrPromise":
        return _("This booking can’t be changed any more.")

    def __str__(self) -> str:
        return str(self.message)

    @property
    def in_the_way(self) -> list[str]:
        """Return the labels that the visitor can't choose again."""
        return self.seats

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, **({"seats": self.seats} if self.seats else {})}


class SeatsUnavailable(BookingRefused):
    code = "seats_unavailable"

    @property
    def message(self) -> "StrOrPromise":
        return ngettext(
            "%(seats)s was just taken. Please choose another seat.",
            "%(seats)s were just taken. Please choose other seats.",
            len(self.seats),
        ) % {"seats": ", ".join(self.seats)}

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "seats": self.seats}


class LoneSeat(BookingRefused):
    """The theater allows no lone seats. `seats` would be left alone; `instead` is what to choose."""

    code = "lone_seat"

    def __init__(self, seats: Iterable[str], instead: list[str]) -> None:
        super().__init__(seats)
        self.instead = instead

    @property
    def message(self) -> "StrOrPromise":
        return ngettext(
            "That leaves %(seats)s on its own. Please take %(instead)s instead.",
            "That leaves %(seats)s on their own. Please take %(instead)s instead.",
            len(self.seats),
        ) % {"seats": ", ".join(self.seats), "instead": ", ".join(self.instead)}

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "seats": self.seats, "instead": self.instead}


class CompanionAlone(BookingRefused):
    """A companion seat was chosen without its wheelchair space. JSON treats it as unavailable."""

    code = "seats_unavailable"

    @property
    def message(self) -> "StrOrPromise":
        return ngettext(
            "%(seats)s is a companion seat. Please also choose the wheelchair space next to it.",
            "%(seats)s are companion seats. Please also choose the wheelchair spaces next to them.",
            len(self.seats),
        ) % {"seats": ", ".join(self.seats)}


class SelectionChanged(SeatsUnavailable):
    """The seats to book are not those that this visitor chose and holds."""

    message = _("Your seats have changed. Please check your selection.")


class HoldLapsed(SeatsUnavailable):
    """The hold has expired, or Redis has lost it. The seats may still be free."""

    message = _("Your seats were released. We’ve selected those still available.")

    @property
    def in_the_way(self) -> list[str]:
        return []


class InvalidSeats(BookingRefused):
    """Seats are unknown, repeated, missing or too many. `unknown` are those that the layout does not have.

    At most `most_named` labels are named, each cut to `longest_named` characters.
    """

    code = "invalid_seats"
    most_named, longest_named = 20, 20

    def __init__(self, seats: Iterable[str] = (), *, unknown: Iterable[str] = ()) -> None:
        super().__init__(seats)
        self.unknown = list(unknown)

    @property
    def message(self) -> "StrOrPromise":
        if not self.unknown:
            most = settings.MAX_SEATS_PER_BOOKING
            return ngettext("Choose 1 seat.", "Choose 1 to %(most)s seats.", most) % {"most": most}
        named = self._named(self.unknown)
        return ngettext(
            "%(seats)s isn’t on this seat map. The cinema may have changed the layout. Choose another seat.",
            "%(seats)s aren’t on this seat map. The cinema may have changed the layout. Choose other seats.",
            len(named),
        ) % {"seats": ", ".join(named)}

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "seats": self._named(self.seats)}

    def _named(self, labels: list[str]) -> list[str]:
        return [label[: self.longest_named] for label in labels[: self.most_named]]


class ShowtimeClosed(BookingRefused):
    code = "showtime_closed"
    message = _("This show has started. Online booking is closed.")


class ShowtimeCancelled(ShowtimeClosed):
    code = "showtime_cancelled"
    message = _("The cinema cancelled this show. Everyone who paid gets a full refund.")


class Closable(Protocol):
    """A Showtime, or the snapshot of one."""

    @property
    def start_time(self) -> datetime: ...

    @property
    def cancelled_at(self) -> datetime | None: ...


def refuse_closed(showtime: Closable, now: datetime) -> None:
    """Raise ShowtimeCancelled, or ShowtimeClosed once the showtime has started."""
    refuse_cancelled(showtime)
    if showtime.start_time <= now:
        raise ShowtimeClosed()


def refuse_cancelled(showtime: Closable) -> None:
    if showtime.cancelled_at:
        raise ShowtimeCancelled()


class HoldsUnavailable(BookingRefused):
    code = "holds_unavailable"
    message = _("We can’t hold seats right now. You haven’t been charged. Please try again in a minute.")


class Busy(BookingRefused):
    """Other transactions keep a row locked that is needed."""

    code = "busy"
    message = _("Many people are booking this show right now. Please try again in a few seconds.")


class BookingWaiting(BookingRefused):
    """The visitor must first pay or drop `booking`, their payable booking for the same showtime."""

    code = "booking_waiting"
    message = _("You have an unpaid booking for this show. Pay for it or cancel it first.")

    def __init__(self, booking: "Booking") -> None:
        super().__init__()
        self.booking = booking


class AlreadyPaid(BookingRefused):
    """The visitor has tickets for these seats already, for example after going back in the browser."""

    code = "already_paid"
    message = _("You’ve already paid for these seats. Here are your tickets.")


class PriceChanged(BookingRefused):
    code = "price_changed"
    message = _("The price has changed. Please check it before you pay.")


class TooLate(BookingRefused):
    """The booking can't be paid any more."""

    code = "booking_expired"
    message = _("Time’s up. Your seats were released. You haven’t been charged.")


class PaymentInQuestion(BookingRefused):
    """A payment for the booking does not match it, so the visitor must not pay a second time."""

    code = "payment_in_question"
    message = _(
        "We received a payment for this booking that doesn’t match it. "
        "Please don’t pay again. We’ll check and get in touch."
    )


class PaymentWasTaken(BookingRefused):
    code = "payment_was_taken"
    message = _(
        "Money was received for this payment, or may still be. Check with the provider, or refund it."
    )


class NotCancellable(BookingRefused):
    code = "not_cancellable"
    message = _("This booking can’t be cancelled.")


class RefundChanged(BookingRefused):
    code = "refund_changed"
    message = _("Your refund amount has changed. Nothing is cancelled yet; please check below.")


class RefundNotPossible(BookingRefused):
    """The amount exceeds what can be refunded, or the payment is disputed."""

    code = "refund_not_possible"
    message = _("That much can’t be refunded for this payment.")
