from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moviebooking.fields import MoneyField

from ..querysets import BookingQuerySet, TicketQuerySet
from ..references import new_reference
from ..ticket_codes import new_ticket_code


def default_expiry():
    return timezone.now() + timedelta(seconds=settings.SEAT_HOLD_SECONDS)


def current_currency():
    return settings.CURRENCY


class Booking(models.Model):
    """A visitor's seats for one showtime, from the moment they agree to the price.

    `seats` is a list of labels; `quote_lines` is a `pricing.Quote.as_json()`; `refund_tiers` are the refund
    rules when it was created, a list of [minutes before the start, percent].
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Payment pending")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        EXPIRED = "EXPIRED", _("Expired")
        FAILED = "FAILED", _("Payment failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    #: The allowed changes of status. Only `lifecycle` makes them.
    MOVES = {
        Status.PENDING: {Status.CONFIRMED, Status.EXPIRED, Status.FAILED},
        Status.EXPIRED: {Status.CONFIRMED},
        Status.CONFIRMED: {Status.CANCELLED},
        Status.FAILED: set(),
        Status.CANCELLED: set(),
    }

    reference = models.CharField(
        _("booking ID"), max_length=20, unique=True, default=new_reference, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("visitor")
    )
    showtime = models.ForeignKey(
        "theaters.Showtime", on_delete=models.PROTECT, related_name="bookings", verbose_name=_("showtime")
    )
    seats = models.JSONField(_("seats"), default=list)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    seats_amount = MoneyField(_("ticket price"), default=0)
    fee_amount = MoneyField(_("convenience fee"), default=0)
    tax_amount = MoneyField(_("tax"), default=0)
    total_amount = MoneyField(_("total"))
    currency = models.CharField(_("currency"), max_length=3, default=current_currency)
    quote_lines = models.JSONField(_("price lines"), default=dict, blank=True)
    refund_tiers = models.JSONField(_("refund tiers"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("payable until"), default=default_expiry)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    #: The refund percentage when the visitor cancelled; None if the cinema cancelled.
    refund_percent = models.PositiveSmallIntegerField(_("refund percentage"), null=True, blank=True)

    #: The `tickets.SeatChange` that `lifecycle` has just written for this booking; None if it wrote none.
    seat_change = None

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("booking"), _("bookings")
        indexes = [
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["showtime", "status"]),
            models.Index(
                fields=["expires_at"], condition=Q(status="PENDING"), name="booking_pending_by_expiry"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="CONFIRMED") | Q(total_amount__gt=0),
                name="booking_confirmed_is_never_free",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PENDING", "CONFIRMED", "EXPIRED", "FAILED", "CANCELLED"]),
                name="booking_status_is_known",
            ),
        ]

    def __str__(self):
        return self.reference

    def save(self, *args, **kwargs):
        """Save the booking. A new one without the parts of its total has no fee and no tax."""
        if self._state.adding and not (self.seats_amount or self.fee_amount or self.tax_amount):
            self.seats_amount = self.total_amount
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("bookings:detail", args=[self.reference])

    @classmethod
    def at_price_of(cls, quote, **fields):
        """Return a new booking, not saved, with the amounts of a `pricing.Quote`."""
        return cls(
            seats_amount=quote.seats,
            fee_amount=quote.fee,
            tax_amount=quote.tax,
            total_amount=quote.total,
            currency=quote.currency,
            quote_lines=quote.as_json(),
            **fields,
        )

    def is_payable(self, now):
        """Return whether the booking is PENDING and before its deadline."""
        return self.status == self.Status.PENDING and self.expires_at > now

    def status_at(self, now):
        """Return the status at that time: an overdue booking is EXPIRED, whether or not a sweep has run."""
        overdue = self.status == self.Status.PENDING and self.expires_at <= now
        return self.Status.EXPIRED if overdue else self.Status(self.status)

    @property
    def ended_with_its_showtime(self):
        """Return whether the booking ended because the cinema cancelled the showtime."""
        gone_at = self.showtime.cancelled_at
        return bool(gone_at) and not (self.cancelled_at and self.cancelled_at < gone_at)


class Ticket(models.Model):
    """One seat, which admits one person. Tickets of a cancelled booking stay as void rows."""

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("booking")
    )
    showtime = models.ForeignKey(
        "theaters.Showtime", on_delete=models.PROTECT, related_name="tickets", verbose_name=_("showtime")
    )
    seat = models.CharField(_("seat"), max_length=8)
    code = models.CharField(_("QR code"), max_length=80, unique=True, default=new_ticket_code, editable=False)
    voided_at = models.DateTimeField(_("invalid since"), null=True, blank=True)
    #: Part of the link that shares this ticket; None if it is not shared. NULLs are never equal.
    link_code = models.CharField(_("link"), max_length=40, unique=True, null=True, blank=True, editable=False)  # noqa: DJ001

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("ticket"), _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["showtime", "seat"], condition=Q(voided_at=None), name="ticket_one_valid_per_seat"
            )
        ]

    def __str__(self):
        return f"{self.booking} {self.seat}"
