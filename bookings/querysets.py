from django.db import models
from django.db.models import Q


class BookingQuerySet(models.QuerySet):
    def payable(self, now):
        """Return PENDING bookings before their deadline. These protect their seats."""
        return self.filter(status="PENDING", expires_at__gt=now)

    def overdue(self, now):
        """Return PENDING bookings past their deadline, which a sweep has not expired yet."""
        return self.filter(status="PENDING", expires_at__lte=now)

    def of(self, user):
        return self.filter(user=user)

    def readable_by(self, user):
        """Return the user's own bookings, or all for staff with the permission to view bookings."""
        return self if user.is_staff and user.has_perm("bookings.view_booking") else self.of(user)

    def for_pages(self):
        """Fetch with each booking all that its page or card prints about the showtime."""
        return self.select_related("showtime__movie", "showtime__screen__theater__city")

    def with_money(self):
        """Fetch the payments of each booking and their refunds, too."""
        return self.prefetch_related("payments__refunds")

    def upcoming(self, now):
        """Return CONFIRMED and payable bookings of showtimes to come, in order of their start."""
        return self.filter(
            Q(status="CONFIRMED") | Q(status="PENDING", expires_at__gt=now), showtime__start_time__gt=now
        ).order_by("showtime__start_time")

    def past(self, now):
        """Return all other bookings, latest first."""
        going = Q(status="CONFIRMED") | Q(status="PENDING", expires_at__gt=now)
        return self.exclude(going & Q(showtime__start_time__gt=now)).order_by("-created_at")


class TicketQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(voided_at=None)
