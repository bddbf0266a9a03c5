from django.db import models
from django.db.models import Q


class BookingQuerySet(models.QuerySet):
    def payable(self, now):
        """PENDING and still within its time: what protects its seats. Expiry is a matter of the clock
        alone.
        """
        return self.filter(status="PENDING", expires_at__gt=now)

    def overdue(self, now):
        return self.filter(status="PENDING", expires_at__lte=now)

    def of(self, user):
        return self.filter(user=user)

    def readable_by(self, user):
        """The visitor's own; all of them for staff who may view bookings."""
        return self if user.is_staff and user.has_perm("bookings.view_booking") else self.of(user)

    def for_pages(self):
        """Everything that a booking's page or card prints of the showtime, in one query."""
        return self.select_related("showtime__movie", "showtime__screen__theater__city")

    def upcoming(self, now):
        """Bookings to go to: paid, or still to be paid."""
        return self.filter(
            Q(status="CONFIRMED") | Q(status="PENDING", expires_at__gt=now), showtime__start_time__gt=now
        ).order_by("showtime__start_time")

    def past(self, now):
        """Everything else, latest first."""
        going = Q(status="CONFIRMED") | Q(status="PENDING", expires_at__gt=now)
        return self.exclude(going & Q(showtime__start_time__gt=now)).order_by("-created_at")


class TicketQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(voided_at=None)
