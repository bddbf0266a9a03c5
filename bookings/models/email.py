from django.db import models
from django.db.models import Q
from django.utils import timezone

from .booking import Booking
from .payment import Refund


class BookingEmail(models.Model):
    """An email that is owed to a booking's visitor, created together with the change that it reports.

    Until it is sent, a sweep tries again at `due_at`. Only `emails` writes these rows.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "CONFIRMATION"
        CANCELLATION = "CANCELLATION"
        CINEMA_CANCELLATION = "CINEMA"
        REFUND_NOTICE = "REFUND"

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="emails")
    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    attempt = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="booking_email_owed")]

    def __str__(self):
        return f"{self.kind} of {self.booking}"
