"""What the admin's pages of every app share."""

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

LONGEST_KEY = 16  # digits; none of a database is longer
MOST_NAMED = 20  # rows that a delete page names, before it counts


@dataclass(frozen=True)
class UnprotectedRows:
    """Which rows of a model go along though their relation protects, and how; its own app says so.

    Each takes a queryset: `rows` picks those rows, `prepare` asks whoever is outside before any transaction,
    `delete` deletes them inside one, as far as that is still right.
    """

    rows: Callable
    prepare: Callable
    delete: Callable


unprotected_rows = {}  # model → UnprotectedRows; filled when the apps are ready


class ProtectedDeleteAdmin:
    """A ModelAdmin whose delete page names the sales that stand in the way, or counts what would go along.

    Django would fetch and name each ticket and showtime below a city, with queries for every one. Here each
    table is asked once, however many rows it has. And Django would say that the account may not delete
    bookings. Nobody may: what counts is that there are some.
    """

    def get_deleted_objects(self, objs, request):
        going, protecting = self._kinds([one.pk for one in objs])
        protected = self._named(_without_giving_way(protecting))
        if protected:
            return [], {}, set(), protected
        giving = {model: giving.rows(rows).count() for model, giving, rows in _giving_way(protecting)}
        counts = {model: model._base_manager.filter(which).count() for model, which in going.items()}
        gone = [model for model, count in counts.items() if count]
        forbidden = {model._meta.verbose_name for model in gone if not self._may_delete(model, request)}
        gone += [model for model, count in giving.items() if count]
        counted = {model._meta.verbose_name_plural: {**counts, **giving}[model] for model in gone}
        return self._named({self.model: going[self.model]}), counted, forbidden, []

    def delete_view(self, request, object_id, extra_context=None):
        view = partial(super().delete_view, request, object_id, extra_context)
        return self._deleting(request, [unquote(object_id)], view) if request.method == "POST" else view()

    def changelist_view(self, request, extra_context=None):
        view = partial(super().changelist_view, request, extra_context)
        if request.POST.get("action") != "delete_selected" or "post" not in request.POST:
            return view()
        return self._deleting(request, request.POST.getlist(ACTION_CHECKBOX_NAME), view)

    def _deleting(self, request, keys, view):
        """All or nothing; what comes to protect between the question and the answer is told, too."""
        keys = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY]
        if self.has_delete_permission(request):
            for _model, giving, rows in _giving_way(self._kinds(keys)[1]):
                giving.prepare(giving.rows(rows))
        try:
            with transaction.atomic():
                return view()
        except ProtectedError:
            text = gettext(
                "Nothing was deleted: a payment has just come in, or can't be withdrawn because the provider "
                "doesn't answer. Try again in a few minutes."
            )
            self.message_user(request, text, messages.ERROR)
            return redirect(request.get_full_path())

    def delete_model(self, request, obj):
        self._delete_what_gives_way([obj.pk])
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self._delete_what_gives_way(list(queryset.values_list("pk", flat=True)))
        super().delete_queryset(request, queryset)

    def _delete_what_gives_way(self, keys):
        for _model, giving, rows in _giving_way(self._kinds(keys)[1]):
            giving.delete(giving.rows(rows))

    def _kinds(self, keys):
        """(going, protecting): each a dictionary of model → which of its rows."""
        going, protecting = {}, {}
        for model, path, protects in kinds_below(self.model):
            kinds = protecting if protects else going
            kinds[model] = kinds.get(model, Q()) | Q(**{path: keys})
        return going, protecting

    def _named(self, kinds):
        """The first rows of these kinds, and how many there are where that is more."""
        named, total = [], 0
        for model, which in kinds.items():
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
        """What has no admin of its own goes along with what it is part of."""
        site = self.admin_site
        return not site.is_registered(model) or site.get_model_admin(model).has_delete_permission(request)


def _giving_way(protecting):
    """(model, its UnprotectedRows, the rows that would protect) for each of these kinds that has one."""
    return [
        (model, unprotected_rows[model], model._base_manager.filter(which))
        for model, which in protecting.items()
        if model in unprotected_rows
    ]


def _without_giving_way(protecting):
    giving = {model: ~Q(pk__in=way.rows(rows)) for model, way, rows in _giving_way(protecting)}
    return {model: which & giving.get(model, Q()) for model, which in protecting.items()}


def kinds_below(model, path="pk__in"):
    """(model, lookup, whether it protects) for each kind of row that a row of `model` takes along when it is
    deleted, its own first, and for each that forbids it."""
    yield model, path, False
    for relation in model._meta.related_objects:
        further = f"{relation.field.name}__{path}"
        if relation.on_delete is CASCADE:
            yield from kinds_below(relation.related_model, further)
        elif relation.on_delete is PROTECT:
            yield relation.related_model, further, True


class HasRelatedFilter(admin.SimpleListFilter):
    """Those that have some, or none any more, of what the admin's annotation `counted` counts."""

    counted = None

    def lookups(self, request, model_admin):
        return [("some", _("Some")), ("none", _("None"))]

    def queryset(self, request, queryset):
        wanted = {"some": {f"{self.counted}__gt": 0}, "none": {self.counted: 0}}
        return queryset.filter(**wanted.get(self.value(), {}))


def money_column(name, label):
    """A column for lists and pages: the row's amount of that name, as people write it in its currency."""

    @admin.display(description=label, ordering=name)
    def shown(row):
        return money(getattr(row, name), getattr(row, "currency", None))

    shown.__name__ = name  # the class of its cells
    return shown
