from django.apps import AppConfig


class MoviebookingConfig(AppConfig):
    name = "moviebooking"

    def ready(self):
        from . import checks  # noqa: F401  (registers them)
