from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from moviebooking.admin import ProtectedDeleteAdmin, money_column
from moviebooking.templatetags import formats

from .. import layout as seating
from .. import schedule
from ..forms import ShowtimeForm, ShowtimesOfAScreen
from ..models import SeatPrice, Showtime
from .sold import ShowsSaleRefusals


class ShowtimeInline(admin.TabularInline):
    """Upcoming showtimes of a screen, read-only, and new ones.

    They are changed on their own page, which writes only the changed fields of a row that is being sold.
    """

    model = Showtime
    form = ShowtimeForm
    formset = ShowtimesOfAScreen
    fields = ["movie", "start_time", "price", "format", "captions", "audio_description"]
    autocomplete_fields = ["movie"]
    extra = 1
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("upcoming showtimes")

    def get_queryset(self, request):
        coming = super().get_queryset(request).on_sale(timezone.now())
        return coming.select_related("movie", "screen__theater__city").order_by("start_time")

    def has_change_permission(self, request, obj=None):
        return False


class SeatPriceInline(admin.TabularInline):
    model = SeatPrice
    extra = 0
    max_num = len(seating.SEAT_CLASSES) - 1
    verbose_name_plural = _("fixed prices; all other seat types follow the rule")


@admin.register(Showtime)
class ShowtimeAdmin(ShowsSaleRefusals, ProtectedDeleteAdmin, admin.ModelAdmin):
    form = ShowtimeForm
    list_display = [
        "movie",
        "screen",
        "starts_at",
        "format",
        money_column("price", _("price")),
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
        (_("Presentation"), {"fields": ["format", "captions", "audio_description"]}),
    ]

    def save_model(self, request, obj, form, change):
        """Write only the changed fields: `available_seats` may change meanwhile.

        On a screen in another time zone, the same typed start is another moment.
        """
        if change:
            fields = set(form.changed_data)
            if "screen" in fields:
                fields.add("start_time")
            obj.save(update_fields=fields)
        else:
            obj.save()

    @admin.display(description=_("starts"), ordering="start_time")
    def starts_at(self, showtime):
        return f"{formats.day(showtime.local_start, 'year')}, {formats.clock(showtime.local_start)}"

    @admin.display(description=_("available seats"), ordering="available_seats")
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


def warn_of_clashes(request, clashes):
    """Add a message with the number of clashes that `schedule.clashes()` found, and the first of them."""
    if clashes:
        text = ngettext(
            "%(count)d showtime starts before its screen is free: %(first)s.",
            "%(count)d showtimes start before their screens are free. The first is %(first)s.",
            len(clashes),
        )
        messages.warning(request, text % {"count": len(clashes), "first": clashes[0][0]})
