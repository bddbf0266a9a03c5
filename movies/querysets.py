from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from moviebooking.unicode_text import folded

from . import listing


class MovieQuerySet(models.QuerySet):
    def matching(self, text):
        """Films whose title has the text, whatever its accents, or whose description has it."""
        if not folded(text):
            return self.none()
        return self.filter(Q(folded_title__contains=folded(text)) | Q(description__icontains=text))

    def playing(self, showtimes):
        """Films that one of the showtimes shows."""
        return self.filter(Exists(showtimes.filter(movie=OuterRef("pk"))))

    def playing_first(self, showtimes):
        """Films that one of the showtimes shows, then the others; the newest first in both."""
        plays = Exists(showtimes.filter(movie=OuterRef("pk")))
        return self.order_by(Case(When(plays, then=0), default=1), "-release_date", "title")

    def not_playing(self, showtimes):
        return self.exclude(Exists(showtimes.filter(movie=OuterRef("pk"))))

    def coming(self, today):
        """Films still to be released, the next one first."""
        return self.filter(release_date__gt=today).order_by("release_date", "title")

    def for_cards(self, showtimes, *, today):
        """Everything a film card prints, in one query; `from_price` is the lowest of these showtimes' prices,
        before fee and tax, or None, and `is_coming` is True for a film that is released after today."""
        lowest = Coalesce("lowest_price", "price")
        prices = (
            showtimes.filter(movie=OuterRef("pk")).annotate(lowest=lowest).order_by("lowest").values("lowest")
        )
        is_coming = ExpressionWrapper(Q(release_date__gt=today), output_field=models.BooleanField())
        return self.select_related("language").annotate(from_price=Subquery(prices[:1]), is_coming=is_coming)

    def for_page(self):
        """Everything the film's own page prints of the film, in two queries."""
        return self.select_related("language").prefetch_related("genres")


class AlertQuerySet(models.QuerySet):
    def waiting(self):
        """Those still to be sent, to accounts that can have a mail."""
        return self.filter(sent_at=None, user__is_active=True).exclude(user__email="")

    def due(self, now):
        """Those waiting for a film that has a showtime on sale."""
        showtimes = listing.showtimes_on_sale(now=now)
        return self.waiting().filter(Exists(showtimes.filter(movie=OuterRef("movie"))))
