from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self):
        from . import account_data, signals  # noqa: F401  (registers the one, connects the others)
