"""What has been sold is read in the admin; it changes only by the site's own rules."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from ..payments.time_limit import PAGE_SECONDS, time_limit
from ..references import typed_reference


class ReadOnlyAdmin(admin.ModelAdmin):
    """Actions that need the `refund` permission call the domain's functions, one row after the other."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_refund_permission(self, request):
        return may_refund(request)

    def get_search_results(self, request, queryset, search_term):
        """A reference is found in groups and in lower case, too."""
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
    """Do it to each row and say what happened: `done` once with their number, each refusal with its row."""
    times = 0
    with time_limit(PAGE_SECONDS):
        for row in rows:
            try:
                act(row)
            except refusals as refusal:
                messages.error(request, f"{row}: {getattr(refusal, 'message', refusal)}")
            else:
                times += 1
    if times:
        messages.success(request, done % {"times": times})


def ask_first(request, model_admin, *, action, rows, title, facts, button):
    """The page between choosing an action and doing it; its form comes back with `sure`."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "facts": facts,
        "rows": rows,
        "action": action,
        "button": button,
    }
    return render(request, "admin/bookings/ask_first.html", context)
