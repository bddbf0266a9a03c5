from django.contrib import admin
from django.db.models import Count
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from moviebooking.admin import HasRelatedFilter, ProtectedDeleteAdmin
from moviebooking.unicode_text import folded

from .models import Genre, Language, Movie, MovieAlert


class HasMovies(HasRelatedFilter):
    title, parameter_name, counted = _("movies"), "movies", "movie_count"


@admin.register(Genre, Language)
class NamedAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "movie_count"]
    list_filter = [HasMovies]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(movie_count=Count("movies"))

    @admin.display(description=_("movies"), ordering="movie_count")
    def movie_count(self, named):
        return named.movie_count


@admin.register(Movie)
class MovieAdmin(ProtectedDeleteAdmin, admin.ModelAdmin):
    list_display = ["small_poster", "title", "release_date", "language", "certificate", "duration"]
    list_display_links = ["small_poster", "title"]
    list_filter = ["genres", "language", "certificate", ("poster", admin.EmptyFieldListFilter)]
    list_select_related = ["language"]
    list_per_page = 50
    date_hierarchy = "release_date"
    search_fields = ["folded_title", "description"]
    autocomplete_fields = ["genres", "language"]
    readonly_fields = ["poster_preview"]
    fieldsets = [
        (None, {"fields": ["title", "description", ("duration", "certificate"), "release_date"]}),
        (_("Categories"), {"fields": ["genres", "language"]}),
        (_("Media"), {"fields": ["poster", "poster_preview", "trailer_url"]}),
        (
            _("Address"),
            {
                "fields": ["slug"],
                "classes": ["collapse"],
                "description": _("Leave empty to make it from the title. Changing the address breaks links."),
            },
        ),
    ]

    def get_search_results(self, request, queryset, search_term):
        """Search titles regardless of accents, and descriptions for the term as it is typed."""
        by_title, may_repeat = super().get_search_results(request, queryset, folded(search_term))
        return by_title | super().get_search_results(request, queryset, search_term)[0], may_repeat

    @admin.display(description=_("poster"))
    def small_poster(self, movie):
        return _picture(movie, width=40)

    @admin.display(description=_("preview"))
    def poster_preview(self, movie):
        return _picture(movie, width=200)


@admin.register(MovieAlert)
class MovieAlertAdmin(admin.ModelAdmin):
    list_display = ["movie", "user", "asked_at", "sent_at"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter)]
    list_select_related = ["movie", "user"]
    date_hierarchy = "asked_at"
    search_fields = ["movie__title", "user__username"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def _picture(movie, *, width):
    if not movie.poster.is_picture:
        return "–"
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" loading="lazy">', movie.poster.src, width, width * 3 // 2
    )
