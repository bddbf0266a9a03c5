"""Refunds that don't go the ordinary way: refused, never made, failed, or given back otherwise."""

from django.utils import timezone

from bookings import reconciliation
from bookings.models import Refund

from .fake_stripe import faults
from .stripe_site import StripeTestCase
from .test_refunds import PaidTestCase

REFUNDS = "/v1/refunds"


class Missing(faults.Fault):
    """A server that has no such address."""

    def before(self):
        return (
            404,
            {"error": {"type": "invalid_request_error", "message": "Unrecognized request URL."}},
            False,
        )


class CardError(faults.Fault):
    def before(self):
        error = {"type": "card_error", "code": "expired_card", "message": "Your card has expired."}
        return 402, {"error": error}, False


class RefusedTests(PaidTestCase):
    def test_one_that_the_cards_bank_refuses_has_failed_and_needs_a_person(self):
        self.fake.misbehave("POST", REFUNDS, CardError())

        with self.assertLogs("bookings.ledger", "ERROR"):
            self.give_back(5000)

        self.assertEqual(self.refunds(), [("FAILED", 5000)])

    def test_without_a_list_of_refunds_it_is_made_all_the_same(self):
        self.fake.misbehave("GET", REFUNDS, Missing())

        self.give_back(5000)

        self.assertEqual([self.refunds(), self.taken_back_and_left()[0]], [[("SUCCEEDED", 5000)], 5000])

    def test_of_an_intent_that_stripe_does_not_know_it_has_failed(self):
        self.fake.ledger.intents.clear()

        with self.assertLogs("bookings.ledger", "ERROR"):
            self.give_back(5000)

        self.assertEqual(list(Refund.objects.values_list("status", flat=True)), ["FAILED"])


class WithoutListsTests(StripeTestCase):
    def test_without_lists_of_refunds_and_disputes_a_payment_is_settled_all_the_same(self):
        self.pay()
        self.fake.misbehave("GET", REFUNDS, Missing())
        self.fake.misbehave("GET", "/v1/disputes", Missing())

        done = reconciliation.reconcile(now=timezone.now())

        self.assertEqual([done["settled"], done["failed"], *self.status()], [1, 0, "CONFIRMED", "SUCCEEDED"])
