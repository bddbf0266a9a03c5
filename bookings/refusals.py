"""What the site says no to, each by name: a sentence for people, a code for JSON, and the seats."""

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
    """The base of them all. `seats` are the labels in the way, or none."""

    code = "refused"
    retry_after: int | None = None  # whole seconds, where waiting helps

    def __init__(self, seats: Iterable[str] = ()) -> None:
        super().__init__(self.code)
        self.seats = list(seats)

    @property
    def message(self) -> "StrOrPromise":
        return _("That is not possible.")

    def __str__(self) -> str:
        return str(self.message)

    @property
    def in_the_way(self) -> list[str]:
        """The labels that choosing again would not help with."""
        return self.seats

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, **({"seats": self.seats} if self.seats else {})}


class SeatsUnavailable(BookingRefused):
    code = "seats_unavailable"

    @property
    def message(self) -> "StrOrPromise":
        return ngettext(
            "%(seats)s has just been taken. Choose another seat.",
            "%(seats)s have just been taken. Choose other seats.",
            len(self.seats),
        ) % {"seats": ", ".join(self.seats)}

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "seats": self.seats}


class LoneSeat(BookingRefused):
    """In a theater that has the rule switched on. `seats` would be left alone; `instead` can be taken."""

    code = "lone_seat"

    def __init__(self, seats: Iterable[str], instead: list[str]) -> None:
        super().__init__(seats)
        self.instead = instead

    @property
    def message(self) -> "StrOrPromise":
        return ngettext(
            "%(seats)s would be left on its own. Take %(instead)s instead.",
            "%(seats)s would each be left on their own. Take %(instead)s instead.",
            len(self.seats),
        ) % {"seats": ", ".join(self.seats), "instead": ", ".join(self.instead)}

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "seats": self.seats, "instead": self.instead}


class CompanionAlone(BookingRefused):
    """A companion's seat without its wheelchair place is not to be had, which is what the code says."""

    code = "seats_unavailable"

    @property
    def message(self) -> "StrOrPromise":
        return ngettext(
            "%(seats)s is for whoever comes with a wheelchair user: choose the place beside it too.",
            "%(seats)s are for those who come with wheelchair users: choose the places beside them too.",
            len(self.seats),
        ) % {"seats": ", ".join(self.seats)}


class SelectionChanged(SeatsUnavailable):
    """The seats to be booked are not those that this visitor chose and holds."""

    message = _("These are not the seats that are held for you now. Look at your choice again.")


class HoldLapsed(SeatsUnavailable):
    """Chosen, but not held any more: the time was over, or Redis has lost it. The seats may well be free."""

    message = _(
        "Your seats are no longer held for you. Those that are still free are ticked: choose them again."
    )

    @property
    def in_the_way(self) -> list[str]:
        return []


class InvalidSeats(BookingRefused):
    """Unknown, repeated, none or too many. `unknown` are those that the seat map does not have, or has lost
    to another layout. Of a flood of labels the first few are named.
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
            return ngettext(
                "Choose one seat from the map.",
                "Choose between 1 and %(most)s seats from the map, each once.",
                most,
            ) % {"most": most}
        named = self._named(self.unknown)
        return ngettext(
            "%(seats)s isn't on this seat map. The cinema may have changed the layout. Choose another seat.",
            "%(seats)s aren't on this seat map. The cinema may have changed the layout. Choose other seats.",
            len(named),
        ) % {"seats": ", ".join(named)}

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "seats": self._named(self.seats)}

    def _named(self, labels: list[str]) -> list[str]:
        return [label[: self.longest_named] for label in labels[: self.most_named]]


class ShowtimeClosed(BookingRefused):
    code = "showtime_closed"
    message = _("This showtime has begun, so its seats are no longer sold here.")


class ShowtimeCancelled(ShowtimeClosed):
    code = "showtime_cancelled"
    message = _("The cinema has cancelled this showtime. Whoever had paid for it gets all of it back.")


class Closable(Protocol):  # a Showtime, or what holds know of one
    start_time: datetime
    cancelled_at: datetime | None


def refuse_closed(showtime: Closable, now: datetime) -> None:
    """For a Showtime, or the Facts of one: raises ShowtimeClosed or ShowtimeCancelled."""
    refuse_cancelled(showtime)
    if showtime.start_time <= now:
        raise ShowtimeClosed()


def refuse_cancelled(showtime: Closable) -> None:
    if showtime.cancelled_at:
        raise ShowtimeCancelled()


class HoldsUnavailable(BookingRefused):
    code = "holds_unavailable"
    message = _("Seats can't be held at the moment. Nothing was charged; please try again in a minute.")


class Busy(BookingRefused):
    """Others keep a row locked that this needs."""

    code = "busy"
    message = _(
        "Many people are booking this showtime right now, and your turn did not come. "
        "Try again in a few seconds."
    )


class BookingWaiting(BookingRefused):
    """One live PENDING booking a visitor and showtime: `booking` has to be paid or dropped first."""

    code = "booking_waiting"
    message = _("You have a booking for this showtime that waits for payment. Finish it or drop it first.")

    def __init__(self, booking: "Booking") -> None:
        super().__init__()
        self.booking = booking


class AlreadyPaid(BookingRefused):
    """The review or the payment of seats that the visitor has tickets for: Back, after paying."""

    code = "already_paid"
    message = _("You have paid for these seats: your tickets are below. Nothing was charged again.")


class PriceChanged(BookingRefused):
    code = "price_changed"
    message = _("The price has changed since you saw it. Look at it again before you pay.")


class TooLate(BookingRefused):
    """The booking can't be paid any more."""

    code = "booking_expired"
    message = _("The time to pay is over and the seats are free again. Nothing was charged.")


class PaymentInQuestion(BookingRefused):
    """Money has come for the booking, but not as it was asked for: nobody is to pay a second time."""

    code = "payment_in_question"
    message = _(
        "A payment for this booking has reached us that is not what it should be. "
        "Please don't pay again: we look into it and will write to you."
    )


class PaymentWasTaken(BookingRefused):
    code = "payment_was_taken"
    message = _("Money was received for this payment, or still can be: ask the provider, or give it back.")


class NotCancellable(BookingRefused):
    code = "not_cancellable"
    message = _("This booking can't be cancelled.")


class RefundChanged(BookingRefused):
    code = "refund_changed"
    message = _(
        "What you get back has changed since you saw it, and nothing is cancelled yet. Look again below."
    )


class RefundNotPossible(BookingRefused):
    """More than is left of what was taken, or the card holder's bank is deciding."""

    code = "refund_not_possible"
    message = _("That much can't be given back for this payment.")
