"""The admin of movies, which warns of showtimes that a longer movie overlaps."""

from django.contrib import admin
from django.utils import timezone

from movies.admin import MovieAdmin
from movies.models import Movie

from .. import schedule
from ..models import Showtime
from .showtimes import warn_of_clashes

admin.site.unregister(Movie)


@admin.register(Movie)
class ScheduledMovieAdmin(MovieAdmin):
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "duration" in form.changed_data:
            same_screens = Showtime.objects.filter(screen__in=obj.showtimes.values("screen"))
            clashes = schedule.clashes(same_screens, now=timezone.now())
            warn_of_clashes(
                request, [pair for pair in clashes if obj in {showtime.movie for showtime in pair}]
            )
