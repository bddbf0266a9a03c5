"""Test cases whose payments go to the fake Stripe, with methods for the steps of a payer."""

from unittest import mock

from django.test import Client, override_settings
from django.utils import timezone

from bookings.models import Payment, Refund, Ticket
from bookings.money import reconciliation, refunds, settlement
from bookings.payments import stripe_provider

from .fake_stripe import Delivery, FakeStripe, cards
from .fake_stripe.server import WEBHOOK_SECRET
from .steps import BookingTestCase, CommittedBookingTestCase, after, book, make_showtime, make_user, stored

WEBHOOK = "/bookings/webhooks/stripe/"
#: The SDK waits at least half a second before it tries again; a tenth of that is enough in tests.
SHORT_RETRY_DELAYS = mock.patch.object(stripe_provider.stripe.HTTPClient, "INITIAL_DELAY", 0.05)
PRICE = 49560  # two standard seats, in paise


class StripeSite:
    """Ann's PENDING booking of A1 and A2, and a fake Stripe for each test."""

    def setUp(self):
        super().setUp()
        self.fake = self.enterContext(FakeStripe())
        self.enterContext(override_settings(**self.fake.settings))
        self.enterContext(SHORT_RETRY_DELAYS)
        self.showtime, self.ann, self.bob = make_showtime(), make_user("ann"), make_user("bob")
        self.booking = book(self.ann, self.showtime, ["A1", "A2"])
        self.late = after(self.booking)

    def begin(self):
        """Begin the payment. Return the booking's open intent at Stripe."""
        return settlement.begin_payment(booking=self.booking, now=timezone.now())

    def pay(self, card=cards.GOOD):
        """Pay as Ann does in her browser, without a webhook. Return the intent."""
        intent = self.begin()
        self.fake.pay(intent.id, card)
        return intent

    def deliver(self, *deliveries):
        """Deliver each to the webhook and run its on-commit tasks. Return the list of status codes."""
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        answers = []
        for one in deliveries:
            with self.captureOnCommitCallbacks(execute=True):
                answers.append(self.post(client, one).status_code)
        return answers

    def post(self, client, delivery):
        headers = {"Stripe-Signature": delivery.header}
        return client.post(WEBHOOK, delivery.body, content_type="application/json", headers=headers)

    def deliver_all(self, *types):
        return self.deliver(*self.fake.deliveries(*types))

    def payment(self):
        return Payment.objects.get(booking=self.booking)

    def status(self):
        """Return (the booking's status, its payment's status)."""
        return stored(self.booking).status, self.payment().status

    def refunded_and_kept(self):
        """Return what Stripe has refunded of the booking's payments, and what it keeps."""
        ours = {one["id"] for one in self.fake.ledger.intents.values() if self.is_ours(one)}
        charges = [one for one in self.fake.ledger.charges.values() if one["payment_intent"] in ours]
        back = sum(one["amount_refunded"] for one in charges)
        return back, sum(one["amount"] for one in charges) - back

    def is_ours(self, intent):
        return intent["metadata"].get("booking") == self.booking.reference


class StripeTestCase(StripeSite, BookingTestCase):
    pass


class PaidStripeTestCase(StripeTestCase):
    """The booking is paid by Stripe and CONFIRMED."""

    def setUp(self):
        super().setUp()
        self.pay()
        self.deliver_all("payment_intent.succeeded")
        self.now = timezone.now()

    def refund(self, amount, reason="A kindness"):
        with self.captureOnCommitCallbacks(execute=True):
            return refunds.refund_payment(payment=self.payment(), amount=amount, reason=reason, now=self.now)

    def refund_in_dashboard(self, amount=PRICE):
        params = {"payment_intent": self.payment().intent_id, "amount": amount}
        return self.fake.ledger.create_refund(params)["id"]

    def reconcile(self):
        return reconciliation.reconcile(now=self.now)

    def refunds(self):
        return list(Refund.objects.order_by("pk").values_list("status", "amount"))

    def fail_refund_at_bank(self, refund_id):
        self.fake.ledger.finish_refund(refund_id, "failed", "expired_or_canceled_card")
        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.deliver_all("refund.failed")


class InterruptedPaymentTestCase(StripeTestCase):
    """Methods to reconcile an interrupted payment, and to assert its outcome."""

    def reconcile(self, now=None, **how):
        with self.captureOnCommitCallbacks(execute=True):
            return reconciliation.reconcile(now=now or timezone.now(), **how)

    def settle(self, now=None):
        with self.captureOnCommitCallbacks(execute=True):
            settlement.settle(intent=settlement.fetch_intent(self.payment()), now=now or timezone.now())

    def assert_confirmed_once(self):
        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        seats = Ticket.objects.valid().values_list("seat", flat=True)
        self.assertEqual([list(seats), Refund.objects.count()], [["A1", "A2"], 0])
        self.assertEqual(self.refunded_and_kept(), (0, PRICE))

    def assert_refunded_once(self, booking_status="EXPIRED"):
        self.assertEqual(self.status(), (booking_status, "REFUNDED"))
        self.assertEqual(list(Refund.objects.values_list("status", "amount")), [("SUCCEEDED", PRICE)])
        self.assertEqual([self.refunded_and_kept(), len(self.fake.ledger.refunds)], [(PRICE, 0), 1])

    def assert_nothing_taken(self):
        self.assertEqual(self.status(), ("EXPIRED", "CANCELED"))
        self.assertEqual({one["status"] for one in self.fake.ledger.intents.values()} - {"canceled"}, set())


class CommittedStripeTestCase(StripeSite, CommittedBookingTestCase):
    """A StripeTestCase whose rows are committed, for threads and processes."""

    def deliver(self, *deliveries):
        client = Client(raise_request_exception=False)
        return [self.post(client, one).status_code for one in deliveries]


def signed(body, **how):
    return Delivery.signed(body, secret=WEBHOOK_SECRET, **how)


def signed_event(event, **how):
    return Delivery.of(event, secret=WEBHOOK_SECRET, **how)
