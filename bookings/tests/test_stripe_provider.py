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

    def open_intent(self, **asked):
        asked = {"key": uuid4(), "reference": "7K3M", "amount": 49560, "currency": "INR", **asked}
        return self.stripe.create_intent(**asked)

    def paid_intent(self, **asked):
        intent = self.open_intent(**asked)
        self.fake.pay(intent.id)
        return intent


class IntentTests(StripeTestCase):
    def test_it_asks_for_one_card_payment_that_names_the_booking(self):
        key = uuid4()

        intent = self.open_intent(key=key)

        asked = {
            "amount": "49560",
            "currency": "inr",
            "description": "Booking 7K3M",
            "metadata[booking]": "7K3M",
            "metadata[payment]": str(key),
            "payment_method_types[0]": "card",
        }
        self.assertEqual([(v, p, dict(f)) for v, p, f in self.fake.requests], [("POST", INTENTS, asked)])
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

    def test_every_request_names_the_version_that_this_site_was_written_for(self):
        self.open_intent()

        headers = self.fake.request_headers[0]
        self.assertEqual(
            (headers["Stripe-Version"], headers["Authorization"]), (API_VERSION, "Bearer sk_test_fake")
        )

    def test_one_key_is_one_intent_however_often_it_is_asked_for(self):
        key = uuid4()

        found = {self.open_intent(key=key).id for _ in range(3)}

        self.assertEqual(found, set(self.fake.ledger.intents))
        self.assertEqual(len(found), 1)

    def test_two_keys_are_two_intents(self):
        self.assertNotEqual(self.open_intent().id, self.open_intent().id)

    def test_one_key_for_two_amounts_is_a_bug_and_loud(self):
        key = uuid4()
        self.open_intent(key=key)

        with self.assertRaisesMessage(Exception, "Keys can only be used with the same parameters."):
            self.open_intent(key=key, amount=50000)

    def test_an_amount_too_small_for_a_card_is_rejected_with_a_sentence(self):
        with self.assertRaises(PaymentRejected) as caught:
            self.open_intent(amount=49)

        self.assertEqual(str(caught.exception.message), "This amount can't be paid by card.")

    def test_a_paid_intent_says_what_was_received(self):
        intent = self.paid_intent()

        found = self.stripe.retrieve_intent(intent.id)

        self.assertEqual((found.status, found.received, found.refunded), (SUCCEEDED, 49560, 0))

    def test_a_declined_card_leaves_the_intent_open_for_another(self):
        intent = self.open_intent()

        self.fake.pay(intent.id, cards.DECLINED)
        declined = self.stripe.retrieve_intent(intent.id)
        self.fake.pay(intent.id, cards.GOOD)

        self.assertEqual((declined.status, declined.received), (OPEN, 0))
        self.assertEqual(self.stripe.retrieve_intent(intent.id).status, SUCCEEDED)

    def test_an_intent_waits_open_for_the_answer_to_the_bank(self):
        intent = self.open_intent()

        self.fake.pay(intent.id, cards.ASKS_3DS)

        self.assertEqual(self.stripe.retrieve_intent(intent.id).status, OPEN)

    def test_an_unknown_intent_is_refused_by_its_own_name(self):
        for unknown in ("pi_unknown", ""):
            with self.subTest(unknown), self.assertRaises(UnknownIntent):
                self.stripe.retrieve_intent(unknown)

    def test_an_answer_that_says_nothing_of_its_mode_is_of_test_mode(self):
        intent = self.open_intent()
        del self.fake.ledger.intent(intent.id)["livemode"]

        self.assertEqual(self.stripe.retrieve_intent(intent.id), intent)

    def test_an_open_intent_can_be_withdrawn(self):
        intent = self.open_intent()

        self.assertEqual(self.stripe.cancel_intent(intent.id).status, CANCELED)

    def test_withdrawing_twice_is_withdrawing(self):
        intent = self.open_intent()
        self.stripe.cancel_intent(intent.id)

        self.assertEqual(self.stripe.cancel_intent(intent.id).status, CANCELED)

    def test_withdrawing_what_was_paid_finds_it_paid(self):
        intent = self.paid_intent()

        found = self.stripe.cancel_intent(intent.id)

        self.assertEqual((found.status, found.received), (SUCCEEDED, 49560))

    def test_withdrawing_an_unknown_intent_is_refused_by_its_own_name(self):
        with self.assertRaises(UnknownIntent):
            self.stripe.cancel_intent("pi_unknown")


class RefundTests(StripeTestCase):
    def refund(self, intent, amount, key=None):
        return self.stripe.refund(key=key or uuid4(), intent_id=intent.id, amount=amount)

    def test_it_gives_back_a_part_and_says_so(self):
        intent, key = self.paid_intent(), uuid4()

        made = self.refund(intent, 20000, key)

        self.assertEqual(made, ProviderRefund(made.id, REFUND_SUCCEEDED, 20000, key=str(key)))
        self.assertEqual(self.stripe.retrieve_intent(intent.id).refunded, 20000)

    def test_one_key_gives_back_once(self):
        intent, key = self.paid_intent(), uuid4()

        made = [self.refund(intent, 20000, key) for _ in range(3)]

        self.assertEqual(len(set(made)), 1)
        self.assertEqual(self.stripe.refunds_of(intent.id), [made[0]])

    def test_two_equal_parts_with_two_keys_are_two_refunds(self):
        intent = self.paid_intent()

        made = [self.refund(intent, 20000), self.refund(intent, 20000)]

        self.assertEqual(self.stripe.refunds_of(intent.id), made)

    def test_more_than_was_taken_is_rejected(self):
        intent = self.paid_intent()
        self.refund(intent, 40000)

        with self.assertRaisesMessage(PaymentRejected, "greater than unrefunded amount (9560)"):
            self.refund(intent, 9561)

    def test_a_second_refund_of_everything_is_rejected(self):
        intent = self.paid_intent()
        self.refund(intent, 49560)

        with self.assertRaisesMessage(PaymentRejected, "has already been refunded"):
            self.refund(intent, 49560)

    def test_a_disputed_payment_is_not_refunded(self):
        intent = self.paid_intent()
        dispute = self.fake.ledger.open_dispute(intent.id)

        with self.assertRaisesMessage(PaymentRejected, "has been charged back"):
            self.refund(intent, 49560)
        self.assertEqual(
            self.stripe.disputes_of(intent.id),
            [Dispute(dispute["id"], "needs_response", 49560, open=True, reason="fraudulent")],
        )

    def test_a_decided_dispute_is_no_longer_open(self):
        intent = self.paid_intent()
        dispute = self.fake.ledger.open_dispute(intent.id)

        self.fake.ledger.close_dispute(dispute["id"], "lost")

        self.assertEqual([found.open for found in self.stripe.disputes_of(intent.id)], [False])

    def test_a_refund_may_wait_and_fail_later(self):
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

    def test_lists_are_read_to_their_last_page_oldest_first(self):
        intent = self.paid_intent()
        made = [
            self.fake.ledger.create_refund({"payment_intent": intent.id, "amount": "1"}) for _ in range(101)
        ]

        found = self.stripe.refunds_of(intent.id)

        self.assertEqual([refund.id for refund in found], [refund["id"] for refund in made])


class EventTests(StripeTestCase):
    def test_what_happened_since_a_moment_is_told_oldest_first(self):
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

    def test_what_happened_before_it_is_not(self):
        self.paid_intent()

        self.assertEqual(self.stripe.events_since(timezone.now() + timedelta(minutes=5)), [])


class ModeTests(SimpleTestCase):
    def test_the_secret_key_says_whether_the_money_is_real(self):
        modes = {"sk_live_1": True, "rk_live_1": True, "sk_test_1": False, "rk_test_1": False, "": False}
        for key, is_live in modes.items():
            with self.subTest(key), override_settings(STRIPE_SECRET_KEY=key):
                self.assertIs(Provider().livemode, is_live)
