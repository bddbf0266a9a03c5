"""What happened while no delivery came: the provider's list of news, read without gaps."""

from datetime import timedelta

from django.utils import timezone

from bookings import ledger
from bookings.models import Refund
from bookings.payments.events import from_dict

from .fake_stripe import faults
from .test_stripe_lost import LostTestCase


class NewsCursorTests(LostTestCase):
    def setUp(self):
        super().setUp()
        self.pay()
        self.reconcile()

    def read_until(self):
        return ledger.news_read_until("stripe")

    def test_it_moves_with_every_reading(self):
        now = timezone.now() + timedelta(minutes=5)

        self.reconcile(now)

        self.assertEqual(self.read_until(), now)

    def test_a_delivery_of_today_hides_no_news_of_yesterday(self):
        """Deliveries failed for hours; then one came through."""
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 6000})
        newer = self.fake.events("refund.created")[-1]
        newer["created"] += 7200
        ledger.note(from_dict(newer))

        self.reconcile(fresh_too=False)

        self.assertEqual(Refund.objects.filter(status="SUCCEEDED").count(), 2)

    def test_it_stays_where_something_could_not_be_heard(self):
        before = self.read_until()
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})
        self.fake.misbehave("GET", "/v1/refunds", *[faults.Status(500) for _ in range(3)])

        self.assertEqual(self.reconcile(timezone.now() + timedelta(hours=1))["failed"], 1)
        self.assertEqual(self.read_until(), before)

        self.assertEqual(self.reconcile(timezone.now() + timedelta(hours=1))["heard"], 1)
        self.assertEqual(Refund.objects.get().amount, 5000)

    def test_without_an_answer_it_stays_too(self):
        before = self.read_until()
        self.fake.misbehave("GET", "/v1/events", *[faults.Status(500) for _ in range(3)])

        self.assertEqual(self.reconcile(timezone.now() + timedelta(hours=1))["failed"], 1)

        self.assertEqual(self.read_until(), before)
