"""Read-only admin classes for what has been sold, and what their actions share."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from ..payments.time_limit import PAGE_SECONDS, time_limit
from ..references import typed_reference


class ReadOnlyAdmin(admin.ModelAdmin):
    """A read-only ModelAdmin. Its actions need the `refund` permission and call domain functions."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_refund_permission(self, request):
        return may_refund(request)

    def get_search_results(self, request, queryset, search_term):
        """Also find a reference typed in groups or in lower case."""
        return super().get_search_results(request, queryset, typed_reference(search_term) or search_term)


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def may_refund(request):
    return request.user.has_perm("bookings.refund_payment")


def refuse_without_refund_permission(request):
    if not may_refund(request):
        raise PermissionDenied


def for_each(request, rows, act, *, done, refusals):
    """Call `act` with each row. Add a message with the number done, and one for each refusal."""
    count = 0
    with time_limit(PAGE_SECONDS):
        for row in rows:
            try:
                act(row)
            except refusals as refusal:
                messages.error(request, f"{row}: {getattr(refusal, 'message', refusal)}")
            else:
                count += 1
    if count:
        messages.success(request, done % {"times": count})


def confirm_action(request, model_admin, *, action, rows, title, consequences, button):
    """Render the confirmation page of an action. Its form repeats the action with `sure`."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "consequences": consequences,
        "rows": rows,
        "action": action,
        "button": button,
    }
    return render(request, "admin/bookings/confirm_action.html", context)
