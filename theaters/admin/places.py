from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from moviebooking.admin import HasRelatedFilter, ProtectedDeleteAdmin

from .. import layout as seating
from .. import schedule
from ..forms import CityForm, ScreenForm
from ..models import City, Screen, Showtime, Theater
from ..models.place import validate_layout
from .showtimes import ShowtimeInline, warn_of_clashes
from .sold import ShowsSaleRefusals


class HasTheaters(HasRelatedFilter):
    title, parameter_name, counted = _("cinemas"), "theaters", "theater_count"


@admin.register(City)
class CityAdmin(ShowsSaleRefusals, ProtectedDeleteAdmin, admin.ModelAdmin):
    form = CityForm
    list_display = ["name", "timezone", "theater_count"]
    list_filter = [HasTheaters, "timezone"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(theater_count=Count("theaters"))

    @admin.display(description=_("cinemas"), ordering="theater_count")
    def theater_count(self, city):
        return city.theater_count


class ScreenInline(admin.TabularInline):
    """Screens of a theater. They are deleted on their own page, which lists what protects them."""

    model = Screen
    form = ScreenForm
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["name", "layout", "capacity"]
    readonly_fields = ["capacity"]

    @admin.display(description=_("seats"))
    def capacity(self, screen):
        return picture_context(screen.layout).get("capacity", "–")


@admin.register(Theater)
class TheaterAdmin(ShowsSaleRefusals, ProtectedDeleteAdmin, admin.ModelAdmin):
    list_display = ["name", "city", "location", "screen_count", "no_lone_seats"]
    list_filter = ["city", "no_lone_seats"]
    list_select_related = ["city"]
    search_fields = ["name", "location", "city__name"]
    autocomplete_fields = ["city"]
    inlines = [ScreenInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "city", "location"]}),
        (_("Times"), {"fields": ["doors_minutes", "adverts_minutes", "cleaning_minutes"]}),
        (_("Rules"), {"fields": ["no_lone_seats"]}),
    ]

    class Media:
        css = {"all": ["css/admin_layout.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(screen_count=Count("screens"))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if {"adverts_minutes", "cleaning_minutes"} & set(form.changed_data):
            showtimes = Showtime.objects.filter(screen__theater=obj)
            warn_of_clashes(request, schedule.clashes(showtimes, now=timezone.now()))

    @admin.display(description=_("screens"), ordering="screen_count")
    def screen_count(self, theater):
        return theater.screen_count


@admin.register(Screen)
class ScreenAdmin(ShowsSaleRefusals, ProtectedDeleteAdmin, admin.ModelAdmin):
    form = ScreenForm
    list_display = ["name", "theater", "city", "capacity", "classes"]
    list_filter = ["theater__city"]
    list_select_related = ["theater__city"]
    search_fields = ["name", "theater__name", "theater__city__name"]
    autocomplete_fields = ["theater"]
    readonly_fields = ["picture"]
    fields = ["theater", "name", ("layout", "picture")]

    def get_inlines(self, request, obj):
        return [ShowtimeInline] if obj else []

    class Media:
        css = {"all": ["css/admin_layout.css"]}
        js = [forms.Script("js/admin_layout.js", type="module")]

    def get_urls(self):
        picture = self.admin_site.admin_view(require_POST(self.picture_view))
        return [path("picture/", picture, name="theaters_screen_picture"), *super().get_urls()]

    def picture_view(self, request):
        """Render the picture of a layout that is being typed, or the error in it."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        return render(
            request, "admin/theaters/_layout_picture.html", picture_context(request.POST.get("layout", ""))
        )

    @admin.display(description=_("picture"))
    def picture(self, screen):
        return render_to_string("admin/theaters/_layout_picture.html", picture_context(screen.layout))

    @admin.display(description=_("city"), ordering="theater__city__name")
    def city(self, screen):
        return screen.theater.city

    @admin.display(description=_("seats"))
    def capacity(self, screen):
        return picture_context(screen.layout).get("capacity", "–")

    @admin.display(description=_("seat types"))
    def classes(self, screen):
        return ", ".join(
            f"{count} {kind.code}" for kind, count in picture_context(screen.layout).get("counts", [])
        )


def picture_context(text):
    """Return the context of the layout's picture: rows and counts, or the error; {} if it is empty."""
    if not text.strip():
        return {}
    try:
        validate_layout(text)
    except forms.ValidationError as error:
        return {"error": error.messages[0]}
    layout = seating.parse(text)
    rows = [(seating.row_letters(index), row) for index, row in enumerate(layout.rows)]
    counts = [(seating.SEAT_CLASSES[code], count) for code, count in layout.counts.items()]
    return {"rows": rows, "counts": counts, "capacity": layout.capacity}
