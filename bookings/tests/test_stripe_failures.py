"""Stripe is slow, silent, broken or down: every call ends in time, and can safely be repeated."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from unittest import mock
from uuid import uuid4

from django.test import override_settings
from django.utils import timezone

from bookings.payments import PaymentUnavailable, stripe_provider
from bookings.payments.time_limit import time_limit
from bookings.tests.support.fake_stripe import faults
from bookings.tests.test_stripe_provider import INTENTS, StripeTestCase

REFUNDS = "/v1/refunds"
USUAL_CALL_SECONDS = stripe_provider.CALL_SECONDS


class OutageTests(StripeTestCase):
    def test_error_statuses_and_unreadable_responses_raise_payment_unavailable(self):
        failures = {
            "too many requests": faults.ErrorStatus(429),
            "a revoked key": faults.ErrorStatus(401),
            "a key without permission": faults.ErrorStatus(403),
            "a proxy's page": faults.ReplacedBody(200, b"<html>Sign in to the network</html>"),
            "a proxy's JSON error": faults.ReplacedBody(403, {"error": "forbidden"}),
            "a JSON list": faults.ReplacedBody(200, b"[]"),
        }
        for what, fault in failures.items():
            with self.subTest(what):
                self.fake.add_faults("POST", INTENTS, fault)
                with self.assertRaises(PaymentUnavailable):
                    self.open_intent()

    def test_a_revoked_key_logs_an_error(self):
        self.fake.add_faults("POST", INTENTS, faults.ErrorStatus(401))

        with (
            self.assertLogs("bookings.payments.stripe_provider", "ERROR"),
            self.assertRaises(PaymentUnavailable),
        ):
            self.open_intent()

    def test_an_unreachable_server_raises_payment_unavailable(self):
        with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"), self.assertRaises(PaymentUnavailable):
            self.open_intent()

    def test_two_failures_are_retried_and_three_raise_payment_unavailable(self):
        self.fake.add_faults("POST", INTENTS, *[faults.ErrorStatus(500) for _ in range(3)])
        with self.assertRaises(PaymentUnavailable):
            self.open_intent()

        self.fake.add_faults("POST", INTENTS, faults.LostRequest(), faults.ErrorStatus(503))
        made = self.open_intent()

        self.assertEqual(list(self.fake.ledger.intents), [made.id])


class IdempotencyTests(StripeTestCase):
    def test_a_retry_after_a_lost_response_finds_the_intent_that_was_made(self):
        self.fake.add_faults("POST", INTENTS, faults.LostResponse())

        made = self.open_intent()

        self.assertEqual(list(self.fake.ledger.intents), [made.id])

    def test_the_same_call_after_an_outage_finds_the_intent_that_was_made(self):
        key = uuid4()
        self.fake.add_faults("POST", INTENTS, *[faults.LostResponse() for _ in range(3)])
        with self.assertRaises(PaymentUnavailable):
            self.open_intent(key=key)

        made = self.open_intent(key=key)

        self.assertEqual(list(self.fake.ledger.intents), [made.id])

    def test_ten_simultaneous_calls_with_one_key_make_one_intent(self):
        key = uuid4()
        self.fake.add_faults("POST", INTENTS, faults.SlowResponse(0.04))

        with ThreadPoolExecutor(10) as threads:
            found = set(threads.map(lambda _: self.open_intent(key=key).id, range(10)))

        self.assertEqual(found, set(self.fake.ledger.intents))
        self.assertEqual(len(found), 1)

    def test_a_call_is_retried_while_another_request_uses_its_key(self):
        key, conflict = uuid4(), faults.ErrorStatus(409)
        self.fake.add_faults("POST", INTENTS, *[conflict] * (stripe_provider.RETRIES + 2))

        made = self.open_intent(key=key)

        self.assertEqual(list(self.fake.ledger.intents), [made.id])

    def test_a_refund_whose_response_was_lost_is_made_once(self):
        intent = self.paid_intent()
        self.fake.add_faults("POST", REFUNDS, faults.LostResponse())

        made = self.stripe.refund(key=uuid4(), intent_id=intent.id, amount=20000)

        self.assertEqual(self.stripe.refunds_of(intent.id), [made])

    def test_a_refund_is_made_although_stripe_replays_a_500_under_its_key(self):
        intent = self.paid_intent()
        self.fake.add_faults("POST", REFUNDS, faults.ErrorStatus(500, remembered=True))

        made = self.stripe.refund(key=uuid4(), intent_id=intent.id, amount=20000)

        self.assertEqual(self.stripe.refunds_of(intent.id), [made])

    def test_a_refund_made_despite_a_500_is_found_and_not_made_again(self):
        intent = self.paid_intent()
        self.fake.add_faults("POST", REFUNDS, faults.HandledBut500())

        made = self.stripe.refund(key=uuid4(), intent_id=intent.id, amount=20000)

        self.assertEqual(self.stripe.refunds_of(intent.id), [made])

    def test_an_intent_is_made_although_stripe_replays_a_500_under_its_key(self):
        key = uuid4()
        self.fake.add_faults("POST", INTENTS, faults.ErrorStatus(500, remembered=True))

        found = {self.open_intent(key=key).id for _ in range(2)}

        self.assertEqual(found, set(self.fake.ledger.intents))


class CallTimeLimitTests(StripeTestCase):
    """Calls to Stripe end in time. The limits are a tenth of the usual ones, to keep the suite fast."""

    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.multiple(stripe_provider, ATTEMPT_SECONDS=0.6, CALL_SECONDS=1.2))

    def assert_ends_in_time(self, *injected_faults):
        """Assert that the call ends long before the response, which takes five seconds or more."""
        self.fake.add_faults("POST", INTENTS, *injected_faults)
        started = monotonic()
        with self.assertRaises(PaymentUnavailable):
            self.open_intent()
        self.assertLess(monotonic() - started, 4.5)

    def test_the_usual_time_limit_of_a_call_is_within_what_a_page_may_wait(self):
        pauses = 0.5 + 1.0  # the SDK's, before its second and its third attempt

        self.assertLess(USUAL_CALL_SECONDS + pauses, 15)

    def test_a_call_without_a_response_ends_in_time(self):
        self.assert_ends_in_time(*[faults.SlowResponse(5) for _ in range(3)])

    def test_a_call_whose_body_arrives_byte_by_byte_ends_in_time(self):
        self.assert_ends_in_time(*[faults.SlowBytes(0.2) for _ in range(3)])

    def test_a_call_whose_headers_arrive_byte_by_byte_ends_in_time(self):
        self.assert_ends_in_time(*[faults.SlowBytes(0.2, headers=True) for _ in range(3)])

    def test_a_call_succeeds_after_one_that_ran_out_of_time(self):
        self.assert_ends_in_time(*[faults.SlowBytes(0.2) for _ in range(3)])

        self.assertEqual(self.open_intent().amount, 49560)

    def test_two_calls_within_one_time_limit_share_it(self):
        self.fake.add_faults("GET", INTENTS, *[faults.SlowResponse(5) for _ in range(6)])
        started = monotonic()

        with time_limit(1):
            for _ in range(2):
                with self.assertRaises(PaymentUnavailable):
                    self.stripe.retrieve_intent("pi_any")

        self.assertLess(monotonic() - started, 4.5)

    def test_each_page_of_a_long_list_has_its_own_time_limit(self):
        for _ in range(40):
            self.paid_intent()
        self.fake.add_faults("GET", "/v1/events", *[faults.SlowResponse(0.3)] * 8)

        with mock.patch.multiple(stripe_provider, CALL_SECONDS=2, PAGE_SIZE=5):
            found = self.stripe.events_since(timezone.now() - timedelta(minutes=5))

        self.assertEqual(len(found), 40)
