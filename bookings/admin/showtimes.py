"""The admin of showtimes, with an action that cancels them and refunds everybody."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from moviebooking.admin import UnprotectedRows, unprotected_rows
from moviebooking.templatetags.formats import money
from theaters.admin.showtimes import ShowtimeAdmin
from theaters.models import Showtime

from ..minor_units import major
from ..models import Booking
from ..money import refunds, unpaid_bookings
from ..payments.time_limit import PAGE_SECONDS, time_limit
from .reading import confirm_action, for_each, may_refund

withdraw_payments = time_limit(PAGE_SECONDS)(unpaid_bookings.withdraw_payments)
unprotected_rows[Booking] = UnprotectedRows(
    unpaid_bookings.without_money, withdraw_payments, unpaid_bookings.delete
)
admin.site.unregister(Showtime)


@admin.register(Showtime)
class CancellableShowtimeAdmin(ShowtimeAdmin):
    actions = [*ShowtimeAdmin.actions, "cancel_and_refund"]

    def has_refund_permission(self, request):
        return may_refund(request) and self.has_change_permission(request)

    @admin.action(description=_("Cancel show and refund everyone"), permissions=["refund"])
    def cancel_and_refund(self, request, showtimes):
        if "sure" not in request.POST:
            return confirm_action(
                request,
                self,
                action="cancel_and_refund",
                rows=showtimes,
                title=_("Cancel the show and refund everyone?"),
                consequences=consequences(showtimes),
                button=_("Cancel show and refund everyone"),
            )
        now = timezone.now()
        for_each(
            request,
            showtimes,
            lambda showtime: refunds.cancel_showtime(showtime=showtime, now=now),
            done=_("Cancelled, with refunds on their way: %(times)s."),
            refusals=(),
        )


def consequences(showtimes):
    """Return sentences that say what cancelling the showtimes means."""
    paid, owed = refunds.refund_totals(showtimes)
    count = ngettext(
        "%(paid)s paid booking will be cancelled.", "%(paid)s paid bookings will be cancelled.", paid
    ) % {"paid": paid}
    amounts = [money(major(units, currency), currency) for currency, units in owed.items()]
    refunded = gettext("%(amount)s will be refunded: everything that was paid, including fees.") % {
        "amount": ", ".join(amounts) or "0"
    }
    waiting = Booking.objects.payable(timezone.now()).filter(showtime__in=showtimes).count()
    unpaid = ngettext(
        "%(waiting)s unpaid booking will be cancelled.",
        "%(waiting)s unpaid bookings will be cancelled.",
        waiting,
    )
    return [
        count,
        refunded,
        unpaid % {"waiting": waiting},
        gettext("Everyone who paid gets an email. This can’t be undone."),
    ]
