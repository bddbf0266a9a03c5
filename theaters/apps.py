from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TheatersConfig(AppConfig):
    name = "theaters"
    verbose_name = _("Cinemas")

    def ready(self):
        from . import favourites, signals  # noqa: F401  (connect and register)
