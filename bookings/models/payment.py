import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .booking import Booking


class Payment(models.Model):
    """One attempt to pay a booking. Its row and idempotency key are committed before the provider is called.

    Amounts are in minor units, as the provider counts them.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")  # the provider may still take the money
        SUCCEEDED = "SUCCEEDED", _("Paid")
        CANCELED = "CANCELED", _("Cancelled")  # failed for good, or nobody paid in time
        REFUND_DUE = "REFUND_DUE", _("To be refunded")  # paid, but there is no seat for it
        REFUNDED = "REFUNDED", _("Refunded")
        TAKEN_BACK = "TAKEN_BACK", _("Charged back")  # a dispute was lost
        MISMATCH = "MISMATCH", _("Needs attention")

    #: The money has bought tickets or is refunded; nothing that the provider says later undoes that.
    DECIDED = frozenset({Status.SUCCEEDED, Status.REFUND_DUE, Status.REFUNDED, Status.TAKEN_BACK})
    #: Nothing has been decided about the money, if there is any.
    UNDECIDED = frozenset({Status.OPEN, Status.MISMATCH})
    #: The provider had the money when it was last asked; some of it may have been refunded.
    TAKEN = frozenset({Status.SUCCEEDED, Status.REFUND_DUE, Status.MISMATCH})
    #: The payment bought no seats, or its seats were given up.
    GIVEN_UP = frozenset({Status.REFUND_DUE, Status.REFUNDED})

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="payments", verbose_name=_("booking")
    )
    provider = models.CharField(_("provider"), max_length=20)
    key = models.UUIDField(_("idempotency key"), unique=True, default=uuid.uuid4, editable=False)
    intent_id = models.CharField(_("payment ID"), max_length=255, blank=True, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    amount = models.PositiveBigIntegerField(_("amount in minor units"))
    received = models.PositiveBigIntegerField(_("received in minor units"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    note = models.CharField(_("note"), max_length=500, blank=True)
    disputed_at = models.DateTimeField(_("disputed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("payment"), _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_never_free"),
            models.CheckConstraint(
                condition=~Q(status__in=["SUCCEEDED", "REFUND_DUE", "REFUNDED", "TAKEN_BACK"])
                | Q(received__gt=0),
                name="payment_that_succeeded_was_received",
            ),
            models.CheckConstraint(
                condition=~Q(status="CANCELED") | Q(received=0),
                name="payment_withdrawn_received_nothing",
            ),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(status="OPEN"), name="payment_one_open_per_booking"
            ),
            models.UniqueConstraint(
                fields=["provider", "intent_id"],
                condition=~Q(intent_id=""),
                name="payment_intent_belongs_to_one_payment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status"],
                condition=Q(status__in=["OPEN", "REFUND_DUE", "MISMATCH"]),
                name="payment_unresolved",
            )
        ]
        permissions = [("refund_payment", "Can refund payments and check them with the provider")]

    def __str__(self):
        return self.intent_id or str(self.key)


class Refund(models.Model):
    """A refund of all or part of a payment, in minor units. It is committed before the provider is called."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        PENDING = "PENDING", _("Pending")
        SUCCEEDED = "SUCCEEDED", _("Refunded")
        FAILED = "FAILED", _("Failed")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.UUIDField(_("idempotency key"), unique=True, default=uuid.uuid4, editable=False)
    refund_id = models.CharField(_("refund ID"), max_length=255, blank=True, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.REQUESTED)
    amount = models.PositiveBigIntegerField(_("amount in minor units"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    retry_of = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="retry",
        verbose_name=_("replaces"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("refund"), _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_never_empty"),
            models.UniqueConstraint(
                fields=["payment", "refund_id"],
                condition=~Q(refund_id=""),
                name="refund_is_imported_once",
            ),
        ]

    def __str__(self):
        return self.refund_id or str(self.key)


class PaymentEvent(models.Model):
    """An event of the provider that was handled. Its row is created together with what it changed."""

    event_id = models.CharField(_("event ID"), max_length=255, unique=True)
    type = models.CharField(_("type"), max_length=100)
    intent_id = models.CharField(_("payment ID"), max_length=255, blank=True, db_index=True)
    created_at = models.DateTimeField(_("created at the provider"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        ordering = ["-received_at"]
        verbose_name, verbose_name_plural = _("payment event"), _("payment events")

    def __str__(self):
        return self.event_id


class EventCursor(models.Model):
    """The time up to which the provider's list of events was read without a gap. Webhooks don't move it."""

    provider = models.CharField(_("provider"), max_length=20, unique=True)
    read_until = models.DateTimeField(_("read up to"))

    class Meta:
        verbose_name, verbose_name_plural = _("sync position"), _("sync positions")

    def __str__(self):
        return f"{self.provider}: {self.read_until:%Y-%m-%d %H:%M:%S}"


class DemoIntent(models.Model):
    """A payment in the demo provider's own ledger, for `payments.demo_provider` only."""

    id = models.CharField(primary_key=True, max_length=40)
    key = models.UUIDField(unique=True)
    reference = models.CharField(max_length=20)
    amount = models.PositiveBigIntegerField()
    refunded = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, default="open")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__lte=F("amount")), name="demo_never_gives_back_more_than_it_took"
            )
        ]

    def __str__(self):
        return self.id


class DemoRefund(models.Model):
    """A refund in the demo provider's own ledger, one per key."""

    key = models.UUIDField(primary_key=True)
    intent = models.ForeignKey(DemoIntent, on_delete=models.CASCADE, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return str(self.key)
