"""The webhook: which deliveries it accepts, and what their events change."""

import json
from unittest import mock

from django.test import override_settings

from bookings import payment_records
from bookings.models import Payment, PaymentEvent, Refund, Ticket
from bookings.money import settlement
from bookings.views.payment import MAX_EVENT_BYTES

from .support.fake_stripe import cards, faults
from .support.redis_faults import redis_down
from .support.stripe_site import PRICE, WEBHOOK, StripeTestCase, signed, signed_event

INTENT_EVENTS = ("payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.created")


class WebhookRequestTests(StripeTestCase):
    """A delivery that is not signed, or is not an event, changes nothing and is not recorded."""

    def assert_nothing_happened(self):
        self.assertEqual([PaymentEvent.objects.count(), Ticket.objects.count()], [0, 0])
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_only_post_is_allowed(self):
        answers = [
            getattr(self.client, verb)(WEBHOOK).status_code for verb in ("get", "put", "delete", "head")
        ]

        self.assertEqual(answers, [405, 405, 405, 405])

    def test_the_webhook_needs_no_login_and_no_csrf_token(self):
        self.pay()

        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200])

    def test_a_bad_signature_is_400_and_nothing_is_stored(self):
        self.pay()
        event = self.fake.events("payment_intent.succeeded")[0]
        good = signed_event(event)

        refused = [
            good.altered(b"succeeded", b"canceled"),
            type(good)(good.body, ""),
            type(good)(good.body, "t=1,v1=00"),
            type(good).of(event, secret="whsec_somebody_else"),
            signed_event(event, age=301),
            signed_event(event, age=-310),
        ]

        self.assertEqual(self.deliver(*refused), [400] * 6)
        self.assert_nothing_happened()

    def test_a_clock_that_is_five_minutes_off_is_tolerated(self):
        self.pay()
        event = self.fake.events("payment_intent.succeeded")[0]

        answers = self.deliver(signed_event(event, age=290), signed_event(event, age=-290))

        self.assertEqual([answers, self.status()], [[200, 200], ("CONFIRMED", "SUCCEEDED")])

    def test_during_a_rotation_deliveries_signed_with_either_secret_are_accepted(self):
        self.pay()
        event = self.fake.events("payment_intent.succeeded")[0]

        with override_settings(STRIPE_WEBHOOK_SECRET=["whsec_new", "whsec_fake"]):
            self.assertEqual(self.deliver(signed_event(event)), [200])

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_a_body_that_is_too_long_is_413_and_is_not_read(self):
        self.pay()
        event = self.fake.events("payment_intent.succeeded")[0]
        long = signed(json.dumps({**event, "more": "x" * MAX_EVENT_BYTES}).encode())

        self.assertEqual(self.deliver(long), [413])
        self.assert_nothing_happened()

    def test_signed_bodies_that_are_not_events_are_400(self):
        self.pay()
        event = self.fake.events("payment_intent.succeeded")[0]
        bodies = [
            *(b"[]", b"null", b"1", b'"evt"', b"{}", b"", b"{", b"[" * 100_000, b'{"data":' * 30_000),
            *(json.dumps({**event, "id": wrong}).encode() for wrong in ("evt\0", "e" * 4000, None, 7, [])),
            *(json.dumps({**event, "data": wrong}).encode() for wrong in (None, [], {"object": None})),
        ]

        self.assertEqual(self.deliver(*map(signed, bodies)), [400] * len(bodies))
        self.assert_nothing_happened()

    def test_a_signed_timestamp_of_400_digits_is_400(self):
        self.pay()

        self.assertEqual(self.deliver(signed(b"{}", at=int("9" * 400))), [400])


class WebhookEventTests(StripeTestCase):
    def test_a_succeeded_payment_gets_its_tickets_and_its_event_is_recorded(self):
        intent = self.pay()

        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200])

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        self.assertEqual([ticket.seat for ticket in Ticket.objects.all()], ["A1", "A2"])
        events = PaymentEvent.objects.values_list("type", "intent_id")
        self.assertEqual(list(events), [("payment_intent.succeeded", intent.id)])

    def test_a_duplicate_delivery_is_200_and_does_not_call_stripe(self):
        self.pay()
        self.deliver_all("payment_intent.succeeded")
        asked = len(self.fake.requests)

        self.assertEqual(self.deliver_all("payment_intent.succeeded") * 2, [200, 200])

        self.assertEqual(len(self.fake.requests), asked)
        self.assertEqual([PaymentEvent.objects.count(), Ticket.objects.count()], [1, 2])

    def test_repeated_and_reversed_deliveries_end_the_same(self):
        intent = self.begin()
        self.fake.pay(intent.id, cards.DECLINED)
        self.fake.pay(intent.id)
        deliveries = self.fake.deliveries(*INTENT_EVENTS)

        self.deliver(*reversed(deliveries), *deliveries, *reversed(deliveries))

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        self.assertEqual([Payment.objects.count(), Refund.objects.count()], [1, 0])

    def test_events_of_unused_types_are_200(self):
        event = self.fake.ledger.events
        self.pay()
        strange = {**event[0], "id": "evt_strange", "type": "payout.paid"}
        strange["data"] = {"object": {"object": "payout", "id": "po_1"}}

        self.assertEqual(self.deliver(signed_event(strange)), [200])
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_an_event_about_a_coupon_with_a_custom_id_is_200(self):
        self.pay()
        event = {**self.fake.ledger.events[0], "id": "evt_coupon", "type": "coupon.created"}
        event["data"] = {"object": {"object": "coupon", "id": "SUMMER 25%"}}

        self.assertEqual(self.deliver(signed_event(event)), [200])
        self.assertEqual(
            list(PaymentEvent.objects.values_list("type", "intent_id")), [("coupon.created", "")]
        )

    def test_a_payment_gets_tickets_even_if_its_event_does_not_name_the_kind_of_object(self):
        self.pay()
        event = self.fake.events("payment_intent.succeeded")[0]
        del event["data"]["object"]["object"]

        self.assertEqual(self.deliver(signed_event(event)), [200])
        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_an_event_about_an_intent_that_is_not_ours_is_200(self):
        params = {"amount": "5000", "currency": "inr", "metadata": {"booking": "SOMEBODYELSES"}}
        strange = ({}, {"booking": "SOMEBODYELSES"}, {"payment": "no uuid"}, {"booking": "A\0B"})
        for metadata in strange:
            self.fake.pay(self.fake.ledger.create_intent({**params, "metadata": metadata})["id"])

        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200] * 4)
        self.assertEqual([Payment.objects.count(), PaymentEvent.objects.count()], [0, 4])
        asked = len(self.fake.requests)
        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200] * 4)
        self.assertEqual(len(self.fake.requests), asked)

    def test_an_event_may_arrive_before_the_intents_id_is_recorded(self):
        self.pay()
        Payment.objects.update(intent_id="")

        self.deliver_all("payment_intent.succeeded")

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_the_state_of_a_payment_is_fetched_and_not_taken_from_the_event(self):
        intent = self.begin()
        false_event = {**self.fake.events("payment_intent.created")[0], "type": "payment_intent.succeeded"}
        false_event["data"] = {"object": {**self.fake.ledger.intent(intent.id), "status": "succeeded"}}

        self.assertEqual(self.deliver(signed_event(false_event)), [200])

        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_stripe_is_called_even_if_new_payments_use_another_provider(self):
        self.pay()

        with override_settings(PAYMENT_PROVIDER="demo"):
            self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200])

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))


class RetriedDeliveryTests(StripeTestCase):
    """An event that can't be handled yet is refused, so that Stripe delivers it again."""

    def assert_second_delivery_is_handled(self, expected):
        self.assertEqual(PaymentEvent.objects.count(), 0)
        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200])
        self.assertEqual([*self.status(), PaymentEvent.objects.count()], [*expected, 1])

    def test_a_delivery_is_503_while_stripe_does_not_answer(self):
        intent = self.pay()
        self.fake.add_faults(
            "GET", f"/v1/payment_intents/{intent.id}", *[faults.ErrorStatus(500) for _ in range(3)]
        )

        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [503])

        self.assert_second_delivery_is_handled(("CONFIRMED", "SUCCEEDED"))

    def test_a_late_payment_without_redis_is_503(self):
        self.pay()
        type(self.booking).objects.update(expires_at=self.booking.created_at)

        with redis_down():
            self.assertEqual(self.deliver_all("payment_intent.succeeded"), [503])

        self.assert_second_delivery_is_handled(("CONFIRMED", "SUCCEEDED"))

    def test_a_bug_is_500_and_leaves_neither_event_nor_ticket(self):
        self.pay()

        with mock.patch.object(payment_records, "record_receipt", side_effect=ValueError("a bug")):
            self.assertEqual(self.deliver_all("payment_intent.succeeded"), [500])
        self.assertEqual([*self.status(), Ticket.objects.count()], ["PENDING", "OPEN", 0])

        self.assert_second_delivery_is_handled(("CONFIRMED", "SUCCEEDED"))

    def test_an_unreadable_response_of_stripe_is_500_and_not_an_unknown_intent(self):
        intent = self.fake.ledger.intent(self.pay().id)
        currency = intent.pop("currency")

        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [500])

        intent["currency"] = currency
        self.assert_second_delivery_is_handled(("CONFIRMED", "SUCCEEDED"))

    def test_an_event_about_our_payment_that_stripe_does_not_know_is_503(self):
        """The secret key may belong to another account for a while."""
        self.pay()
        known, self.fake.ledger.intents = self.fake.ledger.intents, {}

        with self.assertLogs("bookings.money.provider_events", "ERROR"):
            self.assertEqual(self.deliver_all("payment_intent.succeeded"), [503])

        self.fake.ledger.intents = known
        self.assert_second_delivery_is_handled(("CONFIRMED", "SUCCEEDED"))


class MismatchTests(StripeTestCase):
    def assert_mismatch_needs_attention(self, remark, **changes):
        """Assert that nothing is confirmed, one error is logged, and nobody can pay again."""
        intent = self.pay()
        self.fake.ledger.intent(intent.id).update(changes)

        with self.assertLogs("bookings.payment_records", "ERROR") as logs:
            self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200])
        with self.assertNoLogs("bookings.payment_records", "ERROR"):
            again = settlement.settle(intent=settlement.fetch_intent(self.payment()), now=self.late)

        self.assertEqual([again, len(logs.output), PaymentEvent.objects.count()], [self.booking, 1, 1])
        payment = self.payment()
        self.assertEqual([*self.status(), payment.note], ["PENDING", "MISMATCH", remark])
        self.assertEqual([Ticket.objects.count(), Refund.objects.count()], [0, 0])
        return payment

    def test_a_payment_of_another_amount_is_a_mismatch(self):
        payment = self.assert_mismatch_needs_attention("amount is 100, not 49560", amount_received=100)

        self.assertEqual([payment.amount, payment.received], [PRICE, 100])

    def test_a_payment_in_another_currency_is_a_mismatch(self):
        self.assert_mismatch_needs_attention("currency is 'usd', not 'inr'", currency="usd")

    def test_a_payment_in_another_mode_is_a_mismatch(self):
        self.assert_mismatch_needs_attention("livemode is True, not False", livemode=True)

    def test_a_payment_for_another_reference_is_a_mismatch(self):
        self.assert_mismatch_needs_attention(
            "reference is 'OTHER', not '" + self.booking.reference + "'", metadata={"booking": "OTHER"}
        )

    def test_nobody_can_pay_again_while_a_payment_is_a_mismatch(self):
        self.assert_mismatch_needs_attention("amount is 1, not 49560", amount_received=1)
        self.client.force_login(self.ann)
        page = f"/bookings/{self.booking.reference}/pay/"

        shown, asked = self.client.get(page), self.client.post(page, headers={"accept": "application/json"})

        self.assertContains(shown, "Please don’t pay again", status_code=409)
        self.assertEqual((asked.status_code, asked.json()["error"]), (409, "payment_in_question"))
        self.assertEqual(len(self.fake.ledger.intents), 1)

    def test_a_corrected_mismatch_gets_its_tickets(self):
        self.assert_mismatch_needs_attention("amount is 1, not 49560", amount_received=1)
        intent = self.fake.ledger.intent(self.payment().intent_id)
        intent["amount_received"] = PRICE

        settlement.settle(intent=settlement.fetch_intent(self.payment()), now=self.booking.created_at)

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))


class UnrequestedPaymentTests(StripeTestCase):
    """Payments for one of our bookings by an intent that this site never made."""

    def make_unrequested_payment(self, amount=PRICE):
        metadata = {"booking": self.booking.reference}
        intent = self.fake.ledger.create_intent({"amount": amount, "currency": "inr", "metadata": metadata})
        self.fake.pay(intent["id"])
        return intent["id"]

    def test_a_second_payment_of_a_paid_booking_is_refunded_in_full(self):
        self.pay()
        self.deliver_all("payment_intent.succeeded")
        second = self.make_unrequested_payment()

        self.assertEqual(self.deliver_all("payment_intent.succeeded"), [200, 200])

        self.assertEqual(Payment.objects.get(intent_id=second).status, "REFUNDED")
        self.assertEqual(self.refunded_and_kept(), (PRICE, PRICE))
        self.assertEqual(Ticket.objects.count(), 2)

    def test_an_unrequested_payment_of_the_right_amount_confirms_a_pending_booking(self):
        self.make_unrequested_payment()

        self.deliver_all("payment_intent.succeeded")

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_an_unrequested_payment_of_another_amount_needs_attention(self):
        self.make_unrequested_payment(amount=700)

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.deliver_all("payment_intent.succeeded")

        self.assertEqual(self.status(), ("PENDING", "MISMATCH"))
