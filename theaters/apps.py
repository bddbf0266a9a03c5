from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TheatersConfig(AppConfig):
    name = "theaters"
    verbose_name = _("Cinemas")

    def ready(self):
        from movies import listing

        from . import favourites, signals  # noqa: F401  (connect and register)
        from .context_processors import choose_slug, chosen_slug
        from .models import City, Showtime

        listing.register(
            listing.Listing(
                showtimes_on_sale=lambda now, city: Showtime.objects.on_sale(now).in_city(city),
                cities=City.objects.all,
                chosen_city=chosen_slug,
                choose_city=choose_slug,
                formats=Showtime.Format.choices,
            )
        )
