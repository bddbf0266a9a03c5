from django.db import models


class ShowtimeQuerySet(models.QuerySet):
    def on_sale(self, now):
        return self.filter(start_time__gt=now)

    def for_cards(self):
        """Everything a showtime card prints, in one query."""
        return self.select_related("movie", "screen__theater__city").order_by("start_time")

    def for_seat_map(self):
        """What the pages of one showtime print, its own class prices included."""
        return self.select_related("movie__language", "screen__theater__city").prefetch_related("seat_prices")
