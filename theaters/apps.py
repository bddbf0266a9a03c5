from django.apps import AppConfig


class TheatersConfig(AppConfig):
    name = "theaters"

    def ready(self):
        from . import signals  # noqa: F401  (connects them)
