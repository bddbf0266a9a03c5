"""The same expectations of Stripe, tested against two independent doubles."""

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


class Expectations:
    """What the site relies on. A double says how it is shown a card, and which card it declines."""

    def pay(self, intent, number=cards.GOOD):
        raise NotImplementedError

    def answer_bank(self, intent, passed):
        raise NotImplementedError

    def open_intent(self, **asked):
        asked = {"key": uuid4(), "reference": "7K3M", "amount": 49560, "currency": "INR", **asked}
        return self.stripe.create_intent(**asked)

    def status_of(self, intent):
        found = self.stripe.retrieve_intent(intent.id)
        return found.status, found.received

    def test_an_intent_is_made_as_it_was_asked_for(self):
        key = uuid4()

        made = self.open_intent(key=key)

        self.assertEqual((made.status, made.amount, made.received), (OPEN, 49560, 0))
        self.assertEqual((made.currency, made.reference, made.key), ("INR", "7K3M", str(key)))
        self.assertEqual((made.livemode, made.client_secret.split("_secret_")[0]), (False, made.id))

    def test_one_key_is_one_intent(self):
        key = uuid4()

        self.assertEqual(self.open_intent(key=key).id, self.open_intent(key=key).id)

    def test_a_good_card_pays(self):
        intent = self.open_intent()

        self.pay(intent)

        self.assertEqual(self.status_of(intent), (SUCCEEDED, 49560))

    def test_a_declined_card_leaves_the_intent_open(self):
        intent = self.open_intent()

        self.pay(intent, self.declined_card)

        self.assertEqual(self.status_of(intent), (OPEN, 0))

    def test_a_question_from_the_bank_leaves_it_open_until_it_is_answered(self):
        intent = self.open_intent()

        self.pay(intent, cards.ASKS_3DS)
        asked = self.status_of(intent)
        self.answer_bank(intent, True)

        self.assertEqual((asked, self.status_of(intent)), ((OPEN, 0), (SUCCEEDED, 49560)))

    def test_after_a_wrong_answer_another_card_may_pay(self):
        intent = self.open_intent()

        self.pay(intent, cards.ASKS_3DS)
        self.answer_bank(intent, False)
        failed = self.status_of(intent)
        self.pay(intent)

        self.assertEqual((failed, self.status_of(intent)), ((OPEN, 0), (SUCCEEDED, 49560)))

    def test_an_open_intent_can_be_withdrawn_and_takes_no_card_then(self):
        intent = self.open_intent()

        withdrawn = self.stripe.cancel_intent(intent.id)
        self.pay(intent)

        self.assertEqual((withdrawn.status, self.status_of(intent)), (CANCELED, (CANCELED, 0)))

    def test_a_paid_intent_can_not_be_withdrawn(self):
        intent = self.open_intent()
        self.pay(intent)

        self.assertEqual(self.stripe.cancel_intent(intent.id).status, SUCCEEDED)

    def test_nobody_has_heard_of_an_unknown_intent(self):
        for ask in (self.stripe.retrieve_intent, self.stripe.cancel_intent):
            with self.subTest(ask.__name__), self.assertRaises(UnknownIntent):
                ask("pi_unknown")

    def test_two_equal_parts_can_be_given_back(self):
        intent, keys = self.open_intent(), [uuid4(), uuid4()]
        self.pay(intent)

        made = [self.stripe.refund(key=key, intent_id=intent.id, amount=20000) for key in keys]

        self.assertEqual([refund.status for refund in made], [REFUND_SUCCEEDED, REFUND_SUCCEEDED])
        self.assertEqual({refund.key for refund in self.stripe.refunds_of(intent.id)}, {str(k) for k in keys})
        self.assertEqual(self.stripe.retrieve_intent(intent.id).refunded, 40000)

    def test_one_key_gives_back_once(self):
        intent, key = self.open_intent(), uuid4()
        self.pay(intent)

        for _ in range(2):
            self.stripe.refund(key=key, intent_id=intent.id, amount=20000)

        self.assertEqual([refund.amount for refund in self.stripe.refunds_of(intent.id)], [20000])

    def test_what_was_not_paid_is_not_given_back(self):
        intent = self.open_intent()

        with self.assertRaises(PaymentRejected):
            self.stripe.refund(key=uuid4(), intent_id=intent.id, amount=100)


class FakeStripeTests(Expectations, SimpleTestCase):
    declined_card = cards.DECLINED

    def setUp(self):
        self.fake = self.enterContext(FakeStripe())
        self.enterContext(override_settings(**self.fake.settings))
        self.stripe = Provider()

    def pay(self, intent, number=cards.GOOD):
        self.fake.pay(intent.id, number)

    def answer_bank(self, intent, passed):
        try:
            self.fake.ledger.authenticate(intent.id, passed)
        except Refusal as refusal:
            self.assertEqual((refusal.status, passed), (402, False))


class SecondStripeTests(Expectations, SimpleTestCase):
    declined_card = "4000000000000341"  # the one that it declines when it is charged

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.local_stripe = cls.enterClassContext(LocalStripe())

    def setUp(self):
        self.enterContext(override_settings(**self.local_stripe.settings))
        self.stripe = Provider()

    def pay(self, intent, number=cards.GOOD):
        self.local_stripe.pay(intent.id, number)

    def answer_bank(self, intent, passed):
        self.local_stripe.authenticate(intent.id, intent.client_secret, passed)

    def test_its_signed_deliveries_are_read(self):
        with override_settings(STRIPE_WEBHOOK_SECRET=["whsec_second"]), WebhookReceiver() as receiver:
            self.subscribe(receiver.url, "whsec_second")
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
    """A server that receives webhook deliveries, of earlier tests too: they are sent a second late."""

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
