from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moviebooking.admin import money_column

from ..models import Booking, Payment, Ticket
from ..money import refunds
from ..refusals import BookingRefused
from .money import amount_with_currency
from .reading import ReadOnlyAdmin, ReadOnlyInline, confirm_action, for_each


class TicketInline(ReadOnlyInline):
    model = Ticket
    fields = ["seat", "voided_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("booking")  # for each row's name


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["provider", "intent_id", "status", amount_with_currency, "created_at", "settled_at"]
    readonly_fields = [amount_with_currency]


MOST_NAMED = 5  # seats of a booking in the list
NO_BREAK = "\N{NO-BREAK SPACE}"

AMOUNTS = [
    money_column("seats_amount", _("ticket price")),
    money_column("fee_amount", _("convenience fee")),
    money_column("tax_amount", _("tax")),
    money_column("total_amount", _("total")),
]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = [
        "reference",
        "user",
        "showtime",
        "seat_labels",
        "status_now",
        AMOUNTS[-1],
        "created_at",
    ]
    list_filter = ["status", "created_at", "showtime__screen__theater"]
    list_select_related = ["user", "showtime__movie", "showtime__screen__theater__city"]
    search_fields = ["reference", "user__username", "user__email", "payments__intent_id"]
    search_help_text = _("Search by booking ID, visitor or payment ID")
    date_hierarchy = "created_at"
    fields = [
        *["user", "showtime", "seats", "status_now", *AMOUNTS, "quote_lines", "refund_tiers"],
        *["created_at", "expires_at", "confirmed_at", "cancelled_at"],
    ]
    readonly_fields = ["status_now", *AMOUNTS]
    inlines = [TicketInline, PaymentInline]
    actions = ["cancel_bookings"]

    @admin.display(description=_("seats"))
    def seat_labels(self, booking):
        """Return the first seats and their number, without line breaks: the column is narrow."""
        named, count = ", ".join(booking.seats[:MOST_NAMED]), len(booking.seats)
        if count > MOST_NAMED:
            named += " " + gettext("… %(count)s in all") % {"count": count}
        return named.replace(" ", NO_BREAK)

    @admin.display(description=_("status"), ordering="status")
    def status_now(self, booking):
        """Return the status now: an overdue booking has expired, even if no sweep has run since."""
        return booking.status_at(timezone.now()).label

    @admin.action(description=_("Cancel and refund in full"), permissions=["refund"])
    def cancel_bookings(self, request, bookings):
        if "sure" not in request.POST:
            return confirm_action(
                request,
                self,
                action="cancel_bookings",
                rows=bookings,
                title=_("Cancel these bookings?"),
                consequences=[_("Tickets become invalid; everything is refunded, including the fee.")],
                button=_("Cancel and refund in full"),
            )
        now, reason = timezone.now(), f"Cancelled by {request.user}"
        for_each(
            request,
            bookings,
            lambda booking: refunds.cancel_for_cinema(booking=booking, now=now, reason=reason),
            done=_("Cancelled, with refunds on their way: %(times)s."),
            refusals=BookingRefused,
        )


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ["booking", "showtime", "seat", "voided_at"]
    list_filter = [("voided_at", admin.EmptyFieldListFilter), "showtime__screen__theater"]
    list_select_related = ["booking", "showtime__movie", "showtime__screen__theater__city"]
    search_fields = ["booking__reference", "seat"]
    exclude = ["code", "link_code"]
