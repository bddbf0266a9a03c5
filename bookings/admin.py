from django.contrib import admin

from .models import Booking, Payment, Refund, Ticket


class ReadOnlyAdmin(admin.ModelAdmin):
    """What has been sold is read here; it changes only by the site's own rules."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class TicketInline(ReadOnlyInline):
    model = Ticket
    fields = ["seat", "voided_at"]


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["provider", "intent_id", "status", "amount", "currency", "created_at", "settled_at"]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["reference", "user", "showtime", "seat_labels", "status", "total_amount", "created_at"]
    list_filter = ["status", "created_at", "showtime__screen__theater"]
    list_select_related = ["user", "showtime__movie", "showtime__screen__theater__city"]
    search_fields = ["reference", "user__username", "user__email", "payments__intent_id"]
    search_help_text = "Reference, visitor or the payment provider's id"
    date_hierarchy = "created_at"
    inlines = [TicketInline, PaymentInline]

    @admin.display(description="seats")
    def seat_labels(self, booking):
        return ", ".join(booking.seats)


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ["booking", "showtime", "seat", "voided_at"]
    list_filter = [("voided_at", admin.EmptyFieldListFilter), "showtime__screen__theater"]
    list_select_related = ["booking", "showtime__movie", "showtime__screen__theater__city"]
    search_fields = ["booking__reference", "seat"]
    exclude = ["code"]


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ["refund_id", "status", "amount", "reason", "created_at", "settled_at"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "booking", "provider", "status", "amount", "currency", "created_at", "note"]
    list_filter = ["status", "provider", "created_at"]
    list_select_related = ["booking"]
    search_fields = ["intent_id", "booking__reference"]
    inlines = [RefundInline]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "payment", "status", "amount", "reason", "created_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["payment"]
    search_fields = ["refund_id", "payment__intent_id", "payment__booking__reference"]
