"""The provider against the fake Stripe, through the real SDK."""

from datetime import timedelta
from uuid import uuid4

from django.test import SimpleTestCase, override_settings
from django.utils import timezone

from bookings.payments import (
    CANCELED,
    OPEN,
    REFUND_FAILED,
    REFUND_PENDING,
    REFUND_SUCCEEDED,
    SUCCEEDED,
    Dispute,
    Intent,
    PaymentRejected,
    ProviderRefund,
    UnknownIntent,
)
from bookings.payments.stripe_provider import API_VERSION, Provider
from bookings.tests.support.fake_stripe import FakeStripe, cards
from bookings.tests.support.stripe_site import SHORT_RETRY_DELAYS

INTENTS = "/v1/payment_intents"


class StripeTestCase(SimpleTestCase):
    """A fake Stripe for each test, and settings that use it."""

    def setUp(self):
        self.fake = self.enterContext(FakeStripe())
        self.enterContext(override_settings(**self.fake.settings))
        self.enterContext(SHORT_RETRY_DELAYS)
        self.stripe = Provider()

    def open_intent(self, **params):
        params = {"key": uuid4(), "reference": "7K3M", "amount": 49560, "currency": "INR", **params}
        return self.stripe.create_intent(**params)

    def paid_intent(self, **params):
        intent = self.open_intent(**params)
        self.fake.pay(intent.id)
        return intent


class IntentTests(StripeTestCase):
    def test_creating_an_intent_requests_a_card_payment_that_names_the_booking(self):
        key = uuid4()

        intent = self.open_intent(key=key)

        params = {
            "amount": "49560",
            "currency": "inr",
            "description": "Booking 7K3M",
            "metadata[booking]": "7K3M",
            "metadata[payment]": str(key),
            "payment_method_types[0]": "card",
        }
        self.assertEqual([(v, p, dict(f)) for v, p, f in self.fake.requests], [("POST", INTENTS, params)])
        self.assertEqual(
            intent,
            Intent(
                id=intent.id,
                status=OPEN,
                amount=49560,
                received=0,
                currency="INR",
                reference="7K3M",
                key=str(key),
                client_secret=self.fake.ledger.intent(intent.id)["client_secret"],
            ),
        )

    def test_requests_send_the_pinned_api_version_and_the_secret_key(self):
        self.open_intent()

        headers = self.fake.request_headers[0]
        self.assertEqual(
            (headers["Stripe-Version"], headers["Authorization"]), (API_VERSION, "Bearer sk_test_fake")
        )

    def test_repeated_calls_with_one_key_create_one_intent(self):
        key = uuid4()

        found = {self.open_intent(key=key).id for _ in range(3)}

        self.assertEqual(found, set(self.fake.ledger.intents))
        self.assertEqual(len(found), 1)

    def test_calls_with_two_keys_create_two_intents(self):
        self.assertNotEqual(self.open_intent().id, self.open_intent().id)

    def test_using_one_key_for_two_amounts_raises(self):
        key = uuid4()
        self.open_intent(key=key)

        with self.assertRaisesMessage(Exception, "Keys can only be used with the same parameters."):
            self.open_intent(key=key, amount=50000)

    def test_an_amount_too_small_for_a_card_is_rejected_with_a_message(self):
        with self.assertRaises(PaymentRejected) as caught:
            self.open_intent(amount=49)

        self.assertEqual(str(caught.exception.message), "This amount can’t be paid by card.")

    def test_a_paid_intent_has_the_received_amount(self):
        intent = self.paid_intent()

        found = self.stripe.retrieve_intent(intent.id)

        self.assertEqual((found.status, found.received, found.refunded), (SUCCEEDED, 49560, 0))

    def test_a_declined_card_leaves_the_intent_open_for_another_card(self):
        intent = self.open_intent()

        self.fake.pay(intent.id, cards.DECLINED)
        declined = self.stripe.retrieve_intent(intent.id)
        self.fake.pay(intent.id, cards.GOOD)

        self.assertEqual((declined.status, declined.received), (OPEN, 0))
        self.assertEqual(self.stripe.retrieve_intent(intent.id).status, SUCCEEDED)

    def test_an_intent_stays_open_while_3d_secure_is_pending(self):
        intent = self.open_intent()

        self.fake.pay(intent.id, cards.ASKS_3DS)

        self.assertEqual(self.stripe.retrieve_intent(intent.id).status, OPEN)

    def test_retrieving_an_unknown_intent_raises_unknown_intent(self):
        for unknown in ("pi_unknown", ""):
            with self.subTest(unknown), self.assertRaises(UnknownIntent):
                self.stripe.retrieve_intent(unknown)

    def test_an_intent_without_a_livemode_counts_as_test_mode(self):
        intent = self.open_intent()
        del self.fake.ledger.intent(intent.id)["livemode"]

        self.assertEqual(self.stripe.retrieve_intent(intent.id), intent)

    def test_an_open_intent_can_be_cancelled(self):
        intent = self.open_intent()

        self.assertEqual(self.stripe.cancel_intent(intent.id).status, CANCELED)

    def test_cancelling_an_intent_twice_returns_it_as_cancelled(self):
        intent = self.open_intent()
        self.stripe.cancel_intent(intent.id)

        self.assertEqual(self.stripe.cancel_intent(intent.id).status, CANCELED)

    def test_cancelling_a_paid_intent_returns_it_as_succeeded(self):
        intent = self.paid_intent()

        found = self.stripe.cancel_intent(intent.id)

        self.assertEqual((found.status, found.received), (SUCCEEDED, 49560))

    def test_cancelling_an_unknown_intent_raises_unknown_intent(self):
        with self.assertRaises(UnknownIntent):
            self.stripe.cancel_intent("pi_unknown")


class RefundTests(StripeTestCase):
    def refund(self, intent, amount, key=None):
        return self.stripe.refund(key=key or uuid4(), intent_id=intent.id, amount=amount)

    def test_a_partial_refund_is_made_and_returned(self):
        intent, key = self.paid_intent(), uuid4()

        made = self.refund(intent, 20000, key)

        self.assertEqual(made, ProviderRefund(made.id, REFUND_SUCCEEDED, 20000, key=str(key)))
        self.assertEqual(self.stripe.retrieve_intent(intent.id).refunded, 20000)

    def test_repeated_refunds_with_one_key_are_made_once(self):
        intent, key = self.paid_intent(), uuid4()

        made = [self.refund(intent, 20000, key) for _ in range(3)]

        self.assertEqual(len(set(made)), 1)
        self.assertEqual(self.stripe.refunds_of(intent.id), [made[0]])

    def test_two_equal_refunds_with_two_keys_are_both_made(self):
        intent = self.paid_intent()

        made = [self.refund(intent, 20000), self.refund(intent, 20000)]

        self.assertEqual(self.stripe.refunds_of(intent.id), made)

    def test_refunding_more_than_was_received_is_rejected(self):
        intent = self.paid_intent()
        self.refund(intent, 40000)

        with self.assertRaisesMessage(PaymentRejected, "greater than unrefunded amount (9560)"):
            self.refund(intent, 9561)

    def test_a_second_refund_of_everything_is_rejected(self):
        intent = self.paid_intent()
        self.refund(intent, 49560)

        with self.assertRaisesMessage(PaymentRejected, "has already been refunded"):
            self.refund(intent, 49560)

    def test_refunding_a_disputed_payment_is_rejected(self):
        intent = self.paid_intent()
        dispute = self.fake.ledger.open_dispute(intent.id)

        with self.assertRaisesMessage(PaymentRejected, "has been charged back"):
            self.refund(intent, 49560)
        self.assertEqual(
            self.stripe.disputes_of(intent.id),
            [Dispute(dispute["id"], "needs_response", 49560, open=True, reason="fraudulent")],
        )

    def test_a_closed_dispute_is_not_open(self):
        intent = self.paid_intent()
        dispute = self.fake.ledger.open_dispute(intent.id)

        self.fake.ledger.close_dispute(dispute["id"], "lost")

        self.assertEqual([found.open for found in self.stripe.disputes_of(intent.id)], [False])

    def test_a_refund_can_be_pending_and_fail_later(self):
        intent = self.paid_intent()
        self.fake.ledger.status_of_new_refunds = "pending"
        made = self.refund(intent, 49560)

        self.fake.ledger.finish_refund(made.id, "failed", "expired_or_canceled_card")

        self.assertEqual(made.status, REFUND_PENDING)
        [found] = self.stripe.refunds_of(intent.id)
        self.assertEqual((found.status, found.reason), (REFUND_FAILED, "expired_or_canceled_card"))

    def test_a_refund_made_in_the_dashboard_is_found_and_has_no_key(self):
        intent = self.paid_intent()

        made = self.fake.ledger.create_refund(
            {"payment_intent": intent.id, "reason": "requested_by_customer"}
        )

        expected = ProviderRefund(made["id"], REFUND_SUCCEEDED, 49560, "requested_by_customer", "")
        self.assertEqual(self.stripe.refunds_of(intent.id), [expected])

    def test_a_list_of_several_pages_is_read_completely_oldest_first(self):
        intent = self.paid_intent()
        made = [
            self.fake.ledger.create_refund({"payment_intent": intent.id, "amount": "1"}) for _ in range(101)
        ]

        found = self.stripe.refunds_of(intent.id)

        self.assertEqual([refund.id for refund in found], [refund["id"] for refund in made])


class EventTests(StripeTestCase):
    def test_events_since_a_time_are_returned_oldest_first(self):
        intent = self.paid_intent()
        self.fake.ledger.create_refund({"payment_intent": intent.id})

        found = self.stripe.events_since(timezone.now() - timedelta(minutes=5))

        self.assertEqual(
            [(event.type, event.object_kind, event.intent_id) for event in found],
            [
                ("payment_intent.succeeded", "payment_intent", intent.id),
                ("refund.created", "refund", intent.id),
            ],
        )

    def test_events_before_that_time_are_not_returned(self):
        self.paid_intent()

        self.assertEqual(self.stripe.events_since(timezone.now() + timedelta(minutes=5)), [])


class LiveModeTests(SimpleTestCase):
    def test_the_secret_keys_prefix_decides_live_or_test_mode(self):
        modes = {"sk_live_1": True, "rk_live_1": True, "sk_test_1": False, "rk_test_1": False, "": False}
        for key, is_live in modes.items():
            with self.subTest(key), override_settings(STRIPE_SECRET_KEY=key):
                self.assertIs(Provider().livemode, is_live)
