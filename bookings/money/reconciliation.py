"""Catching up with the payment provider: settle what is unresolved, handle events that never arrived."""

import logging
from collections import Counter
from datetime import timedelta
from functools import partial
from time import monotonic

from django.conf import settings

from theaters.models import Showtime

from .. import event_records, lifecycle, payment_records
from ..models import Booking, Payment, Refund
from ..payments import OPEN, PaymentRejected, PaymentUnavailable, UnknownIntent, provider
from ..refusals import Busy, HoldsUnavailable
from . import disputes, provider_events, refunds, settlement

logger = logging.getLogger(__name__)
EVENT_OVERLAP = timedelta(hours=1)  # an event may be listed later than events that were created after it
FIRST_READ = timedelta(days=3)  # as far back as a provider repeats its deliveries
UNKNOWN_FOR = timedelta(hours=6)  # a payment that the provider does not know by then needs attention
RETRY_LATER = (PaymentUnavailable, PaymentRejected, HoldsUnavailable, Busy, UnknownIntent)
SECONDS_FOR_FAILURES = 24  # per sweep: two calls that wait as long as a call may
OUTCOMES = ("settled", "open", "refunded", "events", "failed")


def sync_payment(payment, *, now):
    """Make one payment's state, refunds and disputes agree with the provider. Return the Intent.

    An unpaid intent whose booking can't be paid any more is withdrawn. Raise PaymentUnavailable,
    HoldsUnavailable, PaymentRejected or UnknownIntent.
    """
    intent = settlement.fetch_intent(payment)
    if intent.status == OPEN and not payment.booking.is_payable(now):
        intent = provider(payment.provider).cancel_intent(intent.id)  # SUCCEEDED if it was paid meanwhile
    settlement.settle(intent=intent, now=now)
    if intent.received:
        refunds.import_refunds(payment, now=now)
        disputes.import_disputes(payment, now=now)
    return intent


def reconcile(*, now, include_fresh=True):
    """Ask the provider about everything that is unresolved, and settle it.

    Without `include_fresh`, skip what events will report in time (payments that can still be made, refunds
    that a bank is processing, disputes); that is cheap enough for every sweep.

    Return a dict with the number of payments and disputes `settled`, of payments, refunds and disputes still
    `open`, of refunds `refunded`, of `events` handled, and of all of these that `failed`. A failure stops
    none of the others.
    """
    sweep = _Sweep(now)
    sweep.each(_finish_cancelling, _half_cancelled_showtimes())
    payments = Payment.objects.filter(status=Payment.Status.OPEN).select_related("booking").order_by("pk")
    sweep.each(_settle, (one for one in payments if include_fresh or not one.booking.is_payable(now)))
    sweep.each(_make_refund, Refund.objects.filter(status=Refund.Status.REQUESTED).order_by("pk"))
    if include_fresh:
        pending = Refund.objects.filter(status=Refund.Status.PENDING).select_related("payment")
        sweep.each(_check_refund, pending)
        sweep.each(_check_disputes, Payment.objects.exclude(disputed_at=None))
    sweep.each(partial(_read_events, sweep), [settings.PAYMENT_PROVIDER])
    return dict(sweep.counts)


def report(counts):
    """Return the counts of `reconcile` on one line: "settled 1, open 0, refunded 0, events 0, failed 0"."""
    return ", ".join(f"{outcome} {count}" for outcome, count in counts.items())


class _Sweep:
    """Counts of outcomes, and the seconds that failures have taken so far."""

    def __init__(self, now):
        self.now = now
        self.counts = Counter(dict.fromkeys(OUTCOMES, 0))
        self.failure_seconds = 0.0

    def each(self, act, subjects):
        """Call `act(subject, now)` for each subject. Count the outcome it returns, or "failed" if it raises.

        Once failures have taken SECONDS_FOR_FAILURES, the rest fails untried: a provider that hangs must not
        stop the sweeper's other work.
        """
        for subject in subjects:
            started = monotonic()
            outcome = "failed"
            if self.failure_seconds < SECONDS_FOR_FAILURES:
                outcome = self._try(act, subject)
            if outcome in OUTCOMES:
                self.counts[outcome] += 1
            if outcome == "failed":
                self.failure_seconds += monotonic() - started

    def _try(self, act, subject):
        try:
            return act(subject, self.now)
        except RETRY_LATER as error:
            logger.warning("%r has to wait: %r", subject, error)
        except Exception:
            logger.exception("%r could not be dealt with", subject)
        return "failed"


def _settle(payment, now):
    try:
        intent = sync_payment(payment, now=now)
    except PaymentRejected:
        if payment.intent_id or payment.booking.is_payable(now):
            raise
        lifecycle.fail_payment(payment_id=payment.pk, now=now)  # it has no intent, so nothing was taken
        return "settled"
    except UnknownIntent:
        if now - payment.created_at > UNKNOWN_FOR:
            payment_records.flag_for_staff(
                payment_id=payment.pk, remark="The provider does not know this payment"
            )
        raise
    return "open" if intent.status == OPEN else "settled"


def _read_events(sweep, provider_name, now):
    """Handle every event since the provider's list was last read without a gap."""
    since = (event_records.events_read_until(provider_name) or now - FIRST_READ) - EVENT_OVERLAP
    events = event_records.unrecorded_events(provider(provider_name).events_since(since))
    failed_before = sweep.counts["failed"]
    sweep.each(_handle_event, events)
    if sweep.counts["failed"] == failed_before:
        event_records.set_events_read_until(provider_name, now)


def _handle_event(event, now):
    provider_events.handle_event(event=event, now=now, provider_name=settings.PAYMENT_PROVIDER)
    return "events"


def _half_cancelled_showtimes():
    """Return the showtimes whose cancelling was interrupted."""
    left = Booking.objects.filter(status=Booking.Status.CONFIRMED, showtime__cancelled_at__isnull=False)
    return Showtime.objects.filter(pk__in=left.values("showtime"))


def _finish_cancelling(showtime, now):
    refunds.cancel_showtime(showtime=showtime, now=now)


def _make_refund(refund, now):
    refunds.make_refund.call(refund.pk)
    return _refund_outcome(refund)


def _check_refund(refund, now):
    refunds.import_refunds(refund.payment, now=now)
    return _refund_outcome(refund)


def _refund_outcome(refund):
    refund.refresh_from_db(fields=["status"])
    return {Refund.Status.SUCCEEDED: "refunded", Refund.Status.PENDING: "open"}.get(refund.status, "failed")


def _check_disputes(payment, now):
    disputes.import_disputes(payment, now=now)
    payment.refresh_from_db(fields=["disputed_at"])
    return "open" if payment.disputed_at else "settled"
