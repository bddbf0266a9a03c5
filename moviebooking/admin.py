"""Base classes and columns shared by the admin pages of every app."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import CASCADE, PROTECT, ProtectedError, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .templatetags.formats import money

admin.site.site_header = admin.site.site_title = "MovieBooking"
admin.site.index_title = _("Cinema admin")

LONGEST_KEY = 16  # digits; no primary key is longer
MOST_NAMED = 20  # rows that a delete page lists by name; it counts the others


@dataclass(frozen=True)
class UnprotectedRows:
    """Rules for deleting rows along with an object that they PROTECT.

    Each function takes a queryset of the model. `rows` filters it to those rows, `prepare` talks to external
    services before any transaction, `delete` deletes the rows inside one, if they may still be deleted.
    """

    rows: Callable
    prepare: Callable
    delete: Callable


unprotected_rows = {}  # model → UnprotectedRows; each app registers its own


class ProtectedDeleteAdmin:
    """A ModelAdmin whose delete page lists the protected rows, or counts what would be deleted along.

    Django would fetch and list every ticket and showtime below a city, with queries for each. Here each table
    is queried once, however many rows it has. Also, Django would report that the user lacks the permission to
    delete bookings. Nobody has it; what matters is that bookings exist.
    """

    def get_deleted_objects(self, objs, request):
        deleted, protecting = self._affected([one.pk for one in objs])
        protected = self._describe(_without_unprotected(protecting))
        if protected:
            return [], {}, set(), protected
        counts = {model: model._base_manager.filter(which).count() for model, which in deleted.items()}
        forbidden = {
            model._meta.verbose_name
            for model, count in counts.items()
            if count and not self._may_delete(model, request)
        }
        for model, unprotected, rows in _unprotected(protecting):
            counts[model] = unprotected.rows(rows).count()
        counted = {model._meta.verbose_name_plural: count for model, count in counts.items() if count}
        return self._describe({self.model: deleted[self.model]}), counted, forbidden, []

    def delete_view(self, request, object_id, extra_context=None):
        view = partial(super().delete_view, request, object_id, extra_context)
        if request.method != "POST":
            return view()
        return self._delete_atomically(request, [unquote(object_id)], view)

    def changelist_view(self, request, extra_context=None):
        view = partial(super().changelist_view, request, extra_context)
        if request.POST.get("action") != "delete_selected" or "post" not in request.POST:
            return view()
        return self._delete_atomically(request, request.POST.getlist(ACTION_CHECKBOX_NAME), view)

    def _delete_atomically(self, request, keys, view):
        """Delete all objects or none. Show a message if a row protects them since the page was shown."""
        keys = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY]
        if self.has_delete_permission(request):
            for _model, unprotected, rows in _unprotected(self._affected(keys)[1]):
                unprotected.prepare(unprotected.rows(rows))
        try:
            with transaction.atomic():
                return view()
        except ProtectedError:
            text = gettext(
                "Nothing was deleted: a payment has just come in, or can’t be withdrawn because the provider "
                "doesn’t answer. Try again in a few minutes."
            )
            self.message_user(request, text, messages.ERROR)
            return redirect(request.get_full_path())

    def delete_model(self, request, obj):
        self._delete_unprotected([obj.pk])
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self._delete_unprotected(list(queryset.values_list("pk", flat=True)))
        super().delete_queryset(request, queryset)

    def _delete_unprotected(self, keys):
        for _model, unprotected, rows in _unprotected(self._affected(keys)[1]):
            unprotected.delete(unprotected.rows(rows))

    def _affected(self, keys):
        """Return (deleted, protecting): two dictionaries {model: Q of its rows}."""
        deleted, protecting = {}, {}
        for model, path, protects in related_rows(self.model):
            rows = protecting if protects else deleted
            rows[model] = rows.get(model, Q()) | Q(**{path: keys})
        return deleted, protecting

    def _describe(self, rows_by_model):
        """Return the first MOST_NAMED rows as text or links, followed by the total if there are more."""
        named, total = [], 0
        for model, which in rows_by_model.items():
            rows = model._base_manager.filter(which)
            total += rows.count()
            named += [self._link(row) for row in rows.select_related()[: MOST_NAMED - len(named)]]
        return [*named, gettext("… %(count)s in all") % {"count": total}] if total > len(named) else named

    def _link(self, row):
        name = capfirst(row._meta.verbose_name)
        if not self.admin_site.is_registered(type(row)):
            return f"{name}: {row}"
        address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        return format_html('{}: <a href="{}">{}</a>', name, address, row)

    def _may_delete(self, model, request):
        """Return True if the user may delete the model's rows; always, if the model has no admin."""
        site = self.admin_site
        return not site.is_registered(model) or site.get_model_admin(model).has_delete_permission(request)


def _unprotected(protecting):
    """Return [(model, its UnprotectedRows, queryset of its protecting rows)] for the models that have one."""
    return [
        (model, unprotected_rows[model], model._base_manager.filter(which))
        for model, which in protecting.items()
        if model in unprotected_rows
    ]


def _without_unprotected(protecting):
    """Return {model: Q of its protecting rows} without the rows that may be deleted along."""
    excluded = {
        model: ~Q(pk__in=unprotected.rows(rows)) for model, unprotected, rows in _unprotected(protecting)
    }
    return {model: which & excluded.get(model, Q()) for model, which in protecting.items()}


def related_rows(model, path="pk__in"):
    """Yield (model, lookup, whether it protects) for `model` and every model affected by deleting its rows.

    The lookup finds the model's affected rows by the keys of the deleted objects. They are deleted, too, or
    protect the objects from being deleted.
    """
    yield model, path, False
    for relation in model._meta.related_objects:
        further = f"{relation.field.name}__{path}"
        if relation.on_delete is CASCADE:
            yield from related_rows(relation.related_model, further)
        elif relation.on_delete is PROTECT:
            yield relation.related_model, further, True


class HasRelatedFilter(admin.SimpleListFilter):
    """Filter by whether the annotation named by `counted` is zero."""

    counted = None

    def lookups(self, request, model_admin):
        return [("some", _("Some")), ("none", _("None"))]

    def queryset(self, request, queryset):
        wanted = {"some": {f"{self.counted}__gt": 0}, "none": {self.counted: 0}}
        return queryset.filter(**wanted.get(self.value(), {}))


def money_column(name, label):
    """Return an admin column that shows the field `name` as money, in the row's currency or the site's."""

    @admin.display(description=label, ordering=name)
    def shown(row):
        return money(getattr(row, name), getattr(row, "currency", None))

    shown.__name__ = name  # becomes the CSS class of the cells
    return shown
