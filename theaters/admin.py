from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from moviebooking import formats
from moviebooking.admin import SaysWhatProtects, money_of

from . import layout as seating
from . import schedule
from .forms import CityForm, ScreenForm, ShowtimeForm, ShowtimesOfAScreen
from .models import City, Screen, SeatPrice, Showtime, Theater
from .models.place import validate_layout


@admin.register(City)
class CityAdmin(SaysWhatProtects, admin.ModelAdmin):
    form = CityForm
    list_display = ["name", "timezone", "theater_count"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(theater_count=Count("theaters"))

    @admin.display(description=_("theaters"), ordering="theater_count")
    def theater_count(self, city):
        return city.theater_count


class ScreenInline(admin.TabularInline):
    """A screen is deleted on its own page, which says what stands in the way."""

    model = Screen
    form = ScreenForm
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["name", "layout", "capacity"]
    readonly_fields = ["capacity"]

    @admin.display(description=_("seats"))
    def capacity(self, screen):
        return drawn(screen.layout).get("capacity", "–")


@admin.register(Theater)
class TheaterAdmin(SaysWhatProtects, admin.ModelAdmin):
    list_display = ["name", "city", "location", "screen_count", "no_lone_seats"]
    list_filter = ["city", "no_lone_seats"]
    list_select_related = ["city"]
    search_fields = ["name", "location", "city__name"]
    autocomplete_fields = ["city"]
    prepopulated_fields = {"slug": ["name"]}
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

    @admin.display(description=_("screens"), ordering="screen_count")
    def screen_count(self, theater):
        return theater.screen_count


class ShowtimeInline(admin.TabularInline):
    """What the screen plays from now on, to read and to add to. Changes are made on the showtime's own page,
    which writes only what was changed of a row that is being sold."""

    model = Showtime
    form = ShowtimeForm
    formset = ShowtimesOfAScreen
    fields = ["movie", "start_time", "price", "format", "captions", "audio_description"]
    autocomplete_fields = ["movie"]
    extra = 1
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("coming showtimes")

    def get_queryset(self, request):
        coming = super().get_queryset(request).on_sale(timezone.now())
        return coming.select_related("movie", "screen__theater__city").order_by("start_time")

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Screen)
class ScreenAdmin(SaysWhatProtects, admin.ModelAdmin):
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
        """The picture of a map that is still being typed, or what is wrong with it."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        return render(request, "admin/theaters/_layout_picture.html", drawn(request.POST.get("layout", "")))

    @admin.display(description=_("picture"))
    def picture(self, screen):
        return render_to_string("admin/theaters/_layout_picture.html", drawn(screen.layout))

    @admin.display(description=_("city"), ordering="theater__city__name")
    def city(self, screen):
        return screen.theater.city

    @admin.display(description=_("seats"))
    def capacity(self, screen):
        return drawn(screen.layout).get("capacity", "–")

    @admin.display(description=_("classes"))
    def classes(self, screen):
        return ", ".join(f"{count} {kind.code}" for kind, count in drawn(screen.layout).get("counts", []))


def drawn(text):
    """What the picture's template prints of a map: rows and counts, or the error; nothing of an empty one."""
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


class SeatPriceInline(admin.TabularInline):
    model = SeatPrice
    extra = 0
    max_num = len(seating.SEAT_CLASSES) - 1
    verbose_name_plural = _("prices of their own; every other class follows the rule")


@admin.register(Showtime)
class ShowtimeAdmin(SaysWhatProtects, admin.ModelAdmin):
    form = ShowtimeForm
    list_display = [
        "movie",
        "screen",
        "hall_start",
        "format",
        money_of("price", _("price")),
        "free",
        "is_running",
    ]
    list_filter = [
        "start_time",
        ("cancelled_at", admin.EmptyFieldListFilter),
        "format",
        "screen__theater__city",
        "screen__theater",
    ]
    list_select_related = ["movie", "screen__theater__city"]
    search_fields = ["movie__title", "screen__theater__name", "screen__name"]
    date_hierarchy = "start_time"
    autocomplete_fields = ["movie", "screen"]
    inlines = [SeatPriceInline]
    actions = ["copy_to_next_day", "copy_to_next_week"]
    fieldsets = [
        (None, {"fields": ["movie", "screen", "start_time", "price"]}),
        (_("How it is shown"), {"fields": ["format", "captions", "audio_description"]}),
    ]

    def save_model(self, request, obj, form, change):
        """Only what was changed is written: a row that is being sold has its free seats counted meanwhile."""
        if change:
            obj.save(update_fields=form.changed_data)
        else:
            obj.save()

    @admin.display(description=_("starts"), ordering="start_time")
    def hall_start(self, showtime):
        return f"{formats.day(showtime.local_start, 'year')}, {showtime.local_start:%H:%M}"

    @admin.display(description=_("free seats"), ordering="available_seats")
    def free(self, showtime):
        return f"{showtime.available_seats} / {showtime.capacity}"

    @admin.display(description=_("not cancelled"), boolean=True, ordering="cancelled_at")
    def is_running(self, showtime):
        return not showtime.is_cancelled

    @admin.action(description=_("Copy to the next day"), permissions=["add"])
    def copy_to_next_day(self, request, queryset):
        self._copy(request, queryset, days=1)

    @admin.action(description=_("Copy to the same day of the next week"), permissions=["add"])
    def copy_to_next_week(self, request, queryset):
        self._copy(request, queryset, days=7)

    def _copy(self, request, queryset, days):
        added, refused = schedule.copy(queryset, days=days)
        if added:
            count = len(added)
            text = ngettext("%(count)d showtime was added.", "%(count)d showtimes were added.", count)
            self.message_user(request, text % {"count": count}, messages.SUCCESS)
        for showtime, reasons in refused:
            self.message_user(request, f"{showtime}: {' '.join(reasons)}", messages.WARNING)
