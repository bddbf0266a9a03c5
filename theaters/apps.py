from django.apps import AppConfig


class TheatersConfig(AppConfig):
    name = "theaters"

    def ready(self):
        from . import favourites, signals  # noqa: F401  (connect and register)
