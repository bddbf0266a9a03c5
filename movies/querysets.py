from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from moviebooking.unicode_text import folded

from . import listing


class MovieQuerySet(models.QuerySet):
    def matching(self, text):
        """Return movies whose title contains the text, ignoring accents, or whose description contains it."""
        if not folded(text):
            return self.none()
        return self.filter(Q(folded_title__contains=folded(text)) | Q(description__icontains=text))

    def playing(self, showtimes):
        """Return movies with one of the showtimes."""
        return self.filter(Exists(showtimes.filter(movie=OuterRef("pk"))))

    def playing_first(self, showtimes):
        """Order movies with one of the showtimes before the others, the newest first in both groups."""
        plays = Exists(showtimes.filter(movie=OuterRef("pk")))
        return self.order_by(Case(When(plays, then=0), default=1), "-release_date", "title")

    def not_playing(self, showtimes):
        return self.exclude(Exists(showtimes.filter(movie=OuterRef("pk"))))

    def coming(self, today):
        """Return movies still to be released, the next one first."""
        return self.filter(release_date__gt=today).order_by("release_date", "title")

    def for_cards(self, showtimes, *, today):
        """Fetch all that a movie card prints in one query.

        `from_price` is the lowest price at these showtimes, before fee and tax, or None. `is_coming` is True
        for a movie that is released after today.
        """
        lowest = Coalesce("lowest_price", "price")
        prices = (
            showtimes.filter(movie=OuterRef("pk")).annotate(lowest=lowest).order_by("lowest").values("lowest")
        )
        is_coming = ExpressionWrapper(Q(release_date__gt=today), output_field=models.BooleanField())
        return self.select_related("language").annotate(from_price=Subquery(prices[:1]), is_coming=is_coming)

    def for_page(self):
        """Fetch all that the movie's own page prints of it, in two queries."""
        return self.select_related("language").prefetch_related("genres")


class AlertQuerySet(models.QuerySet):
    def waiting(self):
        """Return alerts still to be sent, to accounts that can get email."""
        return self.filter(sent_at=None, user__is_active=True).exclude(user__email="")

    def due(self, now):
        """Return waiting alerts for movies that have a showtime on sale."""
        showtimes = listing.showtimes_on_sale(now=now)
        return self.waiting().filter(Exists(showtimes.filter(movie=OuterRef("movie"))))
