"""Events that were not delivered: the provider's list of events is read without gaps."""

from datetime import timedelta
from unittest import mock

from django.utils import timezone

from bookings import event_records
from bookings.models import EventCursor, Refund
from bookings.money import reconciliation, refunds
from bookings.payments import stripe_provider
from bookings.payments.events import from_dict

from .support.fake_stripe import faults
from .support.stripe_site import PRICE, InterruptedPaymentTestCase


class EventCursorTests(InterruptedPaymentTestCase):
    def setUp(self):
        super().setUp()
        self.pay()
        self.reconcile()

    def read_until(self):
        return event_records.events_read_until("stripe")

    def refund_made_at(self, moment):
        """Refund 50 rupees in the dashboard at that time."""
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})
        for event in self.fake.ledger.events[-2:]:  # of the refund and of its charge
            event["created"] = int(moment.timestamp())

    def test_the_cursor_moves_with_every_reading(self):
        now = timezone.now() + timedelta(minutes=5)

        self.reconcile(now)

        self.assertEqual(self.read_until(), now)

    def test_a_delivery_of_today_hides_no_event_of_yesterday(self):
        """Deliveries failed for hours; then one came through."""
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 6000})
        newer = self.fake.events("refund.created")[-1]
        newer["created"] += 7200
        event_records.record_event(from_dict(newer))

        self.reconcile(include_fresh=False)

        self.assertEqual(Refund.objects.filter(status="SUCCEEDED").count(), 2)

    def test_an_event_listed_late_is_handled(self):
        self.reconcile()
        self.refund_made_at(self.read_until() - timedelta(minutes=59))

        self.assertEqual(self.reconcile(include_fresh=False)["events"], 1)

        self.assertEqual(Refund.objects.get().amount, 5000)

    def test_the_first_reading_goes_back_as_far_as_deliveries_are_repeated(self):
        EventCursor.objects.all().delete()
        for ago in (timedelta(days=2, hours=23), timedelta(days=3, hours=2)):
            self.refund_made_at(timezone.now() - ago)

        self.assertEqual(self.reconcile(include_fresh=False)["events"], 1)

    def test_the_cursor_stays_if_an_event_could_not_be_handled(self):
        before = self.read_until()
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})
        self.fake.add_faults("GET", "/v1/refunds", *[faults.ErrorStatus(500) for _ in range(3)])

        self.assertEqual(self.reconcile(timezone.now() + timedelta(hours=1))["failed"], 1)
        self.assertEqual(self.read_until(), before)

        self.assertEqual(self.reconcile(timezone.now() + timedelta(hours=1))["events"], 1)
        self.assertEqual(Refund.objects.get().amount, 5000)

    def test_the_cursor_stays_if_the_provider_does_not_answer(self):
        before = self.read_until()
        self.fake.add_faults("GET", "/v1/events", *[faults.ErrorStatus(500) for _ in range(3)])

        self.assertEqual(self.reconcile(timezone.now() + timedelta(hours=1))["failed"], 1)

        self.assertEqual(self.read_until(), before)


class UnreadableEventsTests(InterruptedPaymentTestCase):
    """Events that can't be read, or not be listed, stop nothing else."""

    def setUp(self):
        super().setUp()
        self.pay()
        self.deliver_all("payment_intent.succeeded")
        refunds.refund_payment(payment=self.payment(), amount=5000, reason="", now=timezone.now())

    def assert_refund_is_made(self, **expected):
        done = self.reconcile(include_fresh=False)

        self.assertEqual(done, {"settled": 0, "open": 0, "refunded": 1, "events": 0, "failed": 0} | expected)
        self.assertEqual(self.refunded_and_kept(), (5000, PRICE - 5000))

    def test_once_everything_is_settled_only_events_are_requested(self):
        self.reconcile()
        asked = len(self.fake.requests)

        done = self.reconcile()

        self.assertEqual([set(done.values()), len(self.fake.requests) - asked], [{0}, 1])

    def test_a_provider_without_a_list_of_events_stops_nothing_else(self):
        self.fake.add_faults("GET", "/v1/events", faults.ErrorStatus(404))

        self.assert_refund_is_made(failed=1)

    def test_a_refused_list_of_events_stops_nothing_else(self):
        refusal = {"error": {"type": "invalid_request_error", "message": "Invalid types"}}
        self.fake.add_faults("GET", "/v1/events", faults.ReplacedBody(400, refusal))

        with self.assertLogs("bookings.money.reconciliation", "ERROR"):
            self.assert_refund_is_made(failed=1)

    def test_an_unreadable_event_hides_no_other(self):
        """It comes first; the events after it are handled, and not again by the next sweep."""
        spoilt = {
            **self.fake.events("payment_intent.succeeded")[0],
            "id": "evt_spoilt",
            "data": {"object": None},
        }
        self.fake.ledger.events.insert(0, spoilt)

        with self.assertLogs("bookings.payments.events", "ERROR"):
            self.assert_refund_is_made(events=1)

        self.assertIsNotNone(event_records.events_read_until("stripe"))


class SilentProviderTests(InterruptedPaymentTestCase):
    def test_a_provider_that_hangs_is_not_called_about_everything(self):
        self.pay()
        self.deliver_all("payment_intent.succeeded")
        for _ in range(7):
            refunds.refund_payment(payment=self.payment(), amount=5000, reason="", now=timezone.now())
        self.fake.add_faults("GET", "/v1/refunds", *[faults.SlowResponse(5) for _ in range(4)])
        asked = len(self.fake.requests)

        with (
            mock.patch.multiple(stripe_provider, ATTEMPT_SECONDS=0.3, CALL_SECONDS=0.3),
            mock.patch.object(reconciliation, "SECONDS_FOR_FAILURES", 0.6),
        ):
            done = self.reconcile(include_fresh=False)

        self.assertEqual((done["failed"], len(self.fake.requests) - asked), (8, 2))
        self.assertEqual(self.reconcile(include_fresh=False)["refunded"], 7)
