from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self):
        from theaters import sold_seats

        from . import account_data, checks, protected_seats, signals  # noqa: F401  (registers two, connects the third)

        sold_seats.register(
            sold_seats.Sales(
                labels=protected_seats.labels,
                showtimes=protected_seats.showtimes_with_any,
                ticket_counts=protected_seats.ticket_counts,
            )
        )
