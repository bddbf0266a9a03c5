"""The site's expectations of Stripe, tested against two independent fakes."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from urllib.request import Request, urlopen
from uuid import uuid4

from django.test import SimpleTestCase, override_settings

from bookings.payments import CANCELED, OPEN, REFUND_SUCCEEDED, SUCCEEDED, PaymentRejected, UnknownIntent
from bookings.payments.stripe_provider import Provider, read_event
from bookings.tests.support.fake_stripe import FakeStripe, Refusal, cards
from bookings.tests.support.fake_stripe.local_stripe import LocalStripe


class StripeExpectations:
    """Tests of what the site relies on. Subclasses pay by card, and name one that is declined."""

    def pay(self, intent, number=cards.GOOD):
        raise NotImplementedError

    def finish_authentication(self, intent, passed):
        raise NotImplementedError

    def open_intent(self, **params):
        params = {"key": uuid4(), "reference": "7K3M", "amount": 49560, "currency": "INR", **params}
        return self.stripe.create_intent(**params)

    def status_of(self, intent):
        found = self.stripe.retrieve_intent(intent.id)
        return found.status, found.received

    def test_a_new_intent_has_the_requested_amount_currency_reference_and_key(self):
        key = uuid4()

        made = self.open_intent(key=key)

        self.assertEqual((made.status, made.amount, made.received), (OPEN, 49560, 0))
        self.assertEqual((made.currency, made.reference, made.key), ("INR", "7K3M", str(key)))
        self.assertEqual((made.livemode, made.client_secret.split("_secret_")[0]), (False, made.id))

    def test_two_calls_with_one_key_return_the_same_intent(self):
        key = uuid4()

        self.assertEqual(self.open_intent(key=key).id, self.open_intent(key=key).id)

    def test_a_good_card_pays_the_intent_in_full(self):
        intent = self.open_intent()

        self.pay(intent)

        self.assertEqual(self.status_of(intent), (SUCCEEDED, 49560))

    def test_a_declined_card_leaves_the_intent_open(self):
        intent = self.open_intent()

        self.pay(intent, self.declined_card)

        self.assertEqual(self.status_of(intent), (OPEN, 0))

    def test_an_intent_stays_open_until_3d_secure_is_completed(self):
        intent = self.open_intent()

        self.pay(intent, cards.ASKS_3DS)
        pending = self.status_of(intent)
        self.finish_authentication(intent, True)

        self.assertEqual((pending, self.status_of(intent)), ((OPEN, 0), (SUCCEEDED, 49560)))

    def test_another_card_can_pay_after_failed_3d_secure(self):
        intent = self.open_intent()

        self.pay(intent, cards.ASKS_3DS)
        self.finish_authentication(intent, False)
        failed = self.status_of(intent)
        self.pay(intent)

        self.assertEqual((failed, self.status_of(intent)), ((OPEN, 0), (SUCCEEDED, 49560)))

    def test_an_open_intent_can_be_cancelled_and_can_not_be_paid_then(self):
        intent = self.open_intent()

        cancelled = self.stripe.cancel_intent(intent.id)
        self.pay(intent)

        self.assertEqual((cancelled.status, self.status_of(intent)), (CANCELED, (CANCELED, 0)))

    def test_cancelling_a_paid_intent_returns_it_as_succeeded(self):
        intent = self.open_intent()
        self.pay(intent)

        self.assertEqual(self.stripe.cancel_intent(intent.id).status, SUCCEEDED)

    def test_an_unknown_intent_raises_unknown_intent(self):
        for ask in (self.stripe.retrieve_intent, self.stripe.cancel_intent):
            with self.subTest(ask.__name__), self.assertRaises(UnknownIntent):
                ask("pi_unknown")

    def test_two_equal_partial_refunds_are_both_made(self):
        intent, keys = self.open_intent(), [uuid4(), uuid4()]
        self.pay(intent)

        made = [self.stripe.refund(key=key, intent_id=intent.id, amount=20000) for key in keys]

        self.assertEqual([refund.status for refund in made], [REFUND_SUCCEEDED, REFUND_SUCCEEDED])
        self.assertEqual({refund.key for refund in self.stripe.refunds_of(intent.id)}, {str(k) for k in keys})
        self.assertEqual(self.stripe.retrieve_intent(intent.id).refunded, 40000)

    def test_two_refunds_with_one_key_are_made_once(self):
        intent, key = self.open_intent(), uuid4()
        self.pay(intent)

        for _ in range(2):
            self.stripe.refund(key=key, intent_id=intent.id, amount=20000)

        self.assertEqual([refund.amount for refund in self.stripe.refunds_of(intent.id)], [20000])

    def test_an_unpaid_intent_can_not_be_refunded(self):
        intent = self.open_intent()

        with self.assertRaises(PaymentRejected):
            self.stripe.refund(key=uuid4(), intent_id=intent.id, amount=100)


class FakeStripeTests(StripeExpectations, SimpleTestCase):
    declined_card = cards.DECLINED

    def setUp(self):
        self.fake = self.enterContext(FakeStripe())
        self.enterContext(override_settings(**self.fake.settings))
        self.stripe = Provider()

    def pay(self, intent, number=cards.GOOD):
        self.fake.pay(intent.id, number)

    def finish_authentication(self, intent, passed):
        try:
            self.fake.ledger.authenticate(intent.id, passed)
        except Refusal as refusal:
            self.assertEqual((refusal.status, passed), (402, False))


class LocalStripeTests(StripeExpectations, SimpleTestCase):
    declined_card = "4000000000000341"  # localstripe declines this card when it is charged

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.local_stripe = cls.enterClassContext(LocalStripe())

    def setUp(self):
        self.enterContext(override_settings(**self.local_stripe.settings))
        self.stripe = Provider()

    def pay(self, intent, number=cards.GOOD):
        self.local_stripe.pay(intent.id, number)

    def finish_authentication(self, intent, passed):
        self.local_stripe.authenticate(intent.id, intent.client_secret, passed)

    def test_signed_webhook_deliveries_of_localstripe_are_accepted(self):
        with override_settings(STRIPE_WEBHOOK_SECRET=["whsec_local"]), WebhookReceiver() as receiver:
            self.subscribe(receiver.url, "whsec_local")
            intent = self.open_intent()
            self.pay(intent)
            event = receiver.event_about(intent)

        self.assertEqual((event.type, event.livemode), ("payment_intent.succeeded", False))

    def subscribe(self, url, secret):
        body = json.dumps({"url": url, "secret": secret}).encode()
        headers = {"Content-Type": "application/json"}
        with urlopen(
            Request(f"{self.local_stripe.server_url}/_config/webhooks/site", body, headers)
        ) as reply:
            self.assertEqual(reply.status, 200)


class WebhookReceiver:
    """A server that receives webhook deliveries, a second late and so also those of earlier tests."""

    def __enter__(self):
        deliveries = self.deliveries = Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                deliveries.put((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self.server.shutdown()
        self.server.server_close()

    def event_about(self, intent):
        while True:
            event = read_event(*self.deliveries.get(timeout=10))
            if event.intent_id == intent.id:
                return event
