"""Payments, refunds and events: read-only, with actions that call domain functions."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moviebooking.templatetags.formats import money
from moviebooking.typed_codes import canonical_code

from .. import lifecycle
from ..forms import RefundForm
from ..minor_units import major
from ..models import Payment, PaymentEvent, Refund
from ..money import needs_attention, reconciliation, refunds
from ..payments import PaymentError, UnknownIntent
from ..payments.time_limit import PAGE_SECONDS, time_limit
from ..refusals import BookingRefused, RefundNotPossible
from .reading import ReadOnlyAdmin, ReadOnlyInline, for_each, refuse_without_refund_permission


@admin.display(description=_("amount"), ordering="amount")
def amount_with_currency(row):
    """Return the amount in major units; a refund has the currency of its payment."""
    currency = row.currency if isinstance(row, Payment) else row.payment.currency
    return money(major(row.amount, currency), currency)


@admin.display(description=_("reason"))
def reason_of(refund):
    """Return the reason in the active language, if it is one of the site's own; it is stored untranslated."""
    return gettext(refund.reason) if refund.reason else ""


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ["refund_id", "status", amount_with_currency, reason_of, "created_at", "settled_at"]
    readonly_fields = [amount_with_currency, reason_of]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    change_list_template = "admin/bookings/payment_list.html"
    change_form_template = "admin/bookings/payment.html"
    list_display = [
        "__str__",
        "booking",
        "provider",
        "status",
        amount_with_currency,
        "disputed_at",
        "created_at",
        "note",
    ]
    list_filter = ["status", ("disputed_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["booking"]
    search_fields = ["intent_id", "booking__reference", "refunds__refund_id"]
    search_help_text = _("Search by booking ID, payment ID or refund ID")
    inlines = [RefundInline]
    actions = ["refund_payment", "reconcile", "close_unpaid"]

    def get_urls(self):
        urls = [
            path("needs-attention/", self.needs_attention_page, name="bookings_needs_attention"),
            path("<int:pk>/refund/", self.refund_page, name="bookings_payment_refund"),
        ]
        admin_view = self.admin_site.admin_view
        urls = [path(str(url.pattern), admin_view(url.callback), name=url.name) for url in urls]
        return [*urls, *super().get_urls()]

    def needs_attention_page(self, request):
        """List everything that staff have to decide."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {"title": gettext("Needs attention"), "sections": needs_attention.sections(timezone.now())}
        return self._page(request, "needs_attention", **context)

    @method_decorator(time_limit(PAGE_SECONDS))
    def refund_page(self, request, pk):
        """Ask how much of the payment to refund, by default all that is left, and refund it."""
        refuse_without_refund_permission(request)
        payment = get_object_or_404(Payment.objects.select_related("booking"), pk=pk)
        form = RefundForm(payment, request.POST or None)
        if form.is_valid() and self._refund(request, payment, form):
            return redirect("admin:bookings_payment_change", pk)
        context = {"title": gettext("Refund"), "payment": payment, "form": form}
        return self._page(request, "refund", **context)

    def _refund(self, request, payment, form):
        try:
            refund = refunds.refund_payment(
                payment=payment,
                amount=form.units,
                reason=f"{form.cleaned_data['reason']} ({request.user})",
                now=timezone.now(),
            )
        except RefundNotPossible as refusal:
            form.add_error(None, refusal.message)
            return None
        messages.success(
            request,
            gettext("The refund of %(amount)s is on its way.") % {"amount": amount_with_currency(refund)},
        )
        return refund

    def _page(self, request, name, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return render(request, f"admin/bookings/{name}.html", context)

    @admin.action(description=_("Refund"), permissions=["refund"])
    def refund_payment(self, request, payments):
        if len(payments) != 1:
            messages.warning(request, gettext("Select one payment: each is refunded by its own amount."))
            return None
        return redirect(reverse("admin:bookings_payment_refund", args=[payments[0].pk]))

    @admin.action(description=_("Check with payment provider"), permissions=["refund"])
    def reconcile(self, request, payments):
        now = timezone.now()
        for_each(
            request,
            payments.select_related("booking"),
            lambda payment: reconciliation.sync_payment(payment, now=now),
            done=_("Checked: %(times)s."),
            refusals=(PaymentError, BookingRefused, UnknownIntent),
        )

    @admin.action(description=_("Close as unpaid"), permissions=["refund"])
    def close_unpaid(self, request, payments):
        now = timezone.now()
        for_each(
            request,
            payments.select_related("booking"),
            lambda payment: lifecycle.close_unpaid(payment_id=payment.pk, now=now),
            done=_("Closed as unpaid: %(times)s."),
            refusals=BookingRefused,
        )


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "payment", "booking", "status", amount_with_currency, reason_of, "created_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["payment__booking"]
    search_fields = ["refund_id", "payment__intent_id", "payment__booking__reference"]
    search_help_text = _("Search by booking ID, payment ID or refund ID")
    actions = ["retry", "mark_as_refunded"]

    @admin.display(description=_("booking"))
    def booking(self, refund):
        return refund.payment.booking

    @admin.action(description=_("Retry a failed refund"), permissions=["refund"])
    def retry(self, request, chosen):
        now = timezone.now()
        for_each(
            request,
            chosen,
            lambda refund: refunds.retry_refund(refund=refund, now=now),
            done=_("Retried: %(times)s."),
            refusals=RefundNotPossible,
        )

    @admin.action(description=_("Mark as refunded manually"), permissions=["refund"])
    def mark_as_refunded(self, request, chosen):
        now, reason = timezone.now(), f"Refunded manually ({request.user})"
        for_each(
            request,
            chosen,
            lambda refund: refunds.record_manual_refund(refund=refund, reason=reason, now=now),
            done=_("Marked as refunded manually: %(times)s."),
            refusals=RefundNotPossible,
        )


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "type", "intent_id", "created_at", "received_at"]
    list_filter = ["type", "received_at"]
    search_fields = ["event_id", "intent_id"]
    search_help_text = _("Search by booking ID, payment ID or event ID")
    date_hierarchy = "received_at"

    def get_search_results(self, request, queryset, search_term):
        """Find events by booking reference, too: they name only the payment."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        reference = canonical_code(search_term)
        intents = Payment.objects.filter(booking__reference=reference).exclude(intent_id="")
        by_reference = queryset.filter(intent_id__in=intents.values("intent_id"))
        return (found | by_reference) if search_term else found, may_repeat
