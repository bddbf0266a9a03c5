"""Deliveries to the webhook: which are accepted as events, and what is read from them."""

import json
from time import time

from django.test import SimpleTestCase, override_settings

from bookings.payments.events import BadSignature, Event, NotAnEvent
from bookings.payments.stripe_provider import read_event
from bookings.tests.support.fake_stripe import Delivery

SECRET = "whsec_fake"
SUBJECT = {"id": "pi_1", "object": "payment_intent"}
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_800_000_000,
    "livemode": False,
    "data": {"object": SUBJECT},
}


def read(delivery):
    return read_event(delivery.body, delivery.header)


def read_body(body):
    return read(Delivery.signed(body, secret=SECRET))


def read_data(**changes):
    return read_body(json.dumps({**EVENT, **changes}).encode())


@override_settings(STRIPE_WEBHOOK_SECRET=[SECRET])
class SignatureTests(SimpleTestCase):
    def test_what_we_know_the_secret_of_is_read(self):
        found = read(Delivery.of(EVENT, secret=SECRET))

        expected = Event(
            id="evt_1",
            type="payment_intent.succeeded",
            created=1_800_000_000,
            livemode=False,
            object_kind="payment_intent",
            intent_id="pi_1",
        )
        self.assertEqual(found, expected)

    def test_during_a_rotation_either_secret_will_do(self):
        for secret in ("whsec_old", "whsec_new"):
            with self.subTest(secret), override_settings(STRIPE_WEBHOOK_SECRET=["whsec_old", "whsec_new"]):
                self.assertEqual(read(Delivery.of(EVENT, secret=secret)).id, "evt_1")

    def test_another_secret_is_refused(self):
        with self.assertRaises(BadSignature):
            read(Delivery.of(EVENT, secret="whsec_other"))

    def test_without_a_secret_of_ours_nothing_is_taken(self):
        for secrets in ([], [""], [" "]):
            delivery = Delivery.of(EVENT, secret=secrets[0] if secrets else SECRET)
            site = override_settings(STRIPE_WEBHOOK_SECRET=secrets)
            with self.subTest(secrets), site, self.assertRaises(BadSignature):
                read(delivery)

    def test_a_body_altered_on_the_way_is_refused(self):
        with self.assertRaises(BadSignature):
            read(Delivery.of(EVENT, secret=SECRET).altered(b"pi_1", b"pi_2"))

    def test_five_minutes_are_tolerated_both_ways_and_no_more(self):
        for age, is_taken in {295: True, -295: True, 305: False, -305: False, 10**6: False}.items():
            delivery = Delivery.of(EVENT, secret=SECRET, age=age)
            with self.subTest(age=age):
                if is_taken:
                    self.assertEqual(read(delivery).id, "evt_1")
                else:
                    self.assertRaises(BadSignature, read, delivery)

    def test_a_header_that_is_none_is_refused(self):
        good = Delivery.of(EVENT, secret=SECRET)
        signature = good.header.split("v1=")[1]
        now = int(time())
        headers = [
            *(None, "", "t=", "v1=", "t=1,v1=", "t=1", "t=x,v1=y", ",,,", "=", "t", "\x00", "t=é,v1=é"),
            *(f"v1={signature}", f"t={now}", f"t={now},v0={signature}", f"t={'9' * 400},v1={signature}"),
            f"t={'9' * 5000},v1={signature}",
        ]
        for header in headers:
            with self.subTest(header), self.assertRaises(BadSignature):
                read_event(good.body, header)

    def test_a_truly_signed_moment_of_400_digits_is_refused(self):
        with self.assertRaises(BadSignature):
            read(Delivery.signed(b"{}", secret=SECRET, at=int("9" * 400)))

    def test_two_moments_in_a_header_are_the_first(self):
        delivery = Delivery.of(EVENT, secret=SECRET, age=1000)

        with self.assertRaises(BadSignature):
            read_event(delivery.body, f"{delivery.header},t={int(time())}")

    def test_a_second_signature_in_the_header_is_looked_at_too(self):
        delivery = Delivery.of(EVENT, secret=SECRET)
        moment, signature = delivery.header.split(",")

        self.assertEqual(read_event(delivery.body, f"{moment},v1={'0' * 64},{signature}").id, "evt_1")


@override_settings(STRIPE_WEBHOOK_SECRET=[SECRET])
class BodyTests(SimpleTestCase):
    def test_a_signed_body_that_is_no_event_is_refused_whatever_it_is(self):
        bodies = [
            *(b"", b"[]", b"null", b"1", b'"evt_1"', b"{}", b"{", b"\x00", b"NaN", b"not json"),
            *(b"[" * 100_000, b'{"data":' * 100_000, b"9" * 5000, b'{"created":' + b"9" * 5000 + b"}"),
        ]
        for body in bodies:
            with self.subTest(body[:20]), self.assertRaises(NotAnEvent):
                read_body(body)

    def test_bytes_that_are_no_text_are_refused(self):
        with self.assertRaises(BadSignature):
            read_body(b"\xff\xfe{}")

    def test_a_field_that_is_none_makes_it_no_event(self):
        spoilt = {
            "id": ["", None, 7, "evt\x00", "e" * 4000, "evt 1", "évt", ["evt_1"], {}, "evt_1\n"],
            "type": ["", None, 7, "a\x00", "t" * 4000, []],
            "created": [None, "1800000000", 1.5, True, -1, int("9" * 400), []],
            "data": [None, [], "x", {}, {"object": None}, {"object": []}, {"object": {}}],
        }
        for field, values in spoilt.items():
            for value in values:
                with self.subTest(field, value=str(value)[:20]), self.assertRaises(NotAnEvent):
                    read_data(**{field: value})

    def test_a_subject_whose_names_are_none_makes_it_no_event(self):
        subjects = [
            {"object": "payment_intent", "id": 7},
            {"object": "payment_intent", "id": "p" * 4000},
            {"object": "payment_intent", "id": "pi\x00"},
            {"object": "refund", "id": "re_1", "payment_intent": ["pi_1"]},
            {"object": "refund", "id": "re_1", "payment_intent": {"id": {}}},
            {"object": 7, "id": "pi_1"},
        ]
        for subject in subjects:
            with self.subTest(subject), self.assertRaises(NotAnEvent):
                read_data(data={"object": subject})

    def test_whatever_has_an_intent_names_it(self):
        subjects = {
            "charge": {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"},
            "refund, expanded": {"object": "refund", "id": "re_1", "payment_intent": {"id": "pi_1"}},
            "dispute": {"object": "dispute", "id": "dp_1", "payment_intent": "pi_1"},
        }
        for what, subject in subjects.items():
            with self.subTest(what):
                self.assertEqual(read_data(data={"object": subject}).intent_id, "pi_1")

    def test_what_is_about_something_else_has_no_intent(self):
        payout = {"object": "payout", "id": "po_1"}

        found = read_data(type="payout.paid", data={"object": payout})

        self.assertEqual((found.object_kind, found.intent_id), ("payout", ""))

    def test_of_a_type_that_is_not_used_nothing_but_its_own_names_is_looked_at(self):
        subjects = [
            {"object": "coupon", "id": "SUMMER 25%"},
            {"object": "product", "id": "my.product:1"},
            {"id": "no kind"},
            {"object": "x" * 4000, "payment_intent": 7},
            None,
        ]
        for subject in subjects:
            with self.subTest(subject):
                self.assertEqual(read_data(type="coupon.created", data={"object": subject}).intent_id, "")
        self.assertEqual(read_data(type="v2.core.account[requirements].updated", data=None).intent_id, "")

    def test_a_subject_that_does_not_say_its_kind_is_of_the_kind_of_its_event(self):
        told = {
            "payment_intent.succeeded": ({"id": "pi_1"}, "payment_intent"),
            "refund.updated": ({"id": "re_1", "payment_intent": "pi_1"}, "refund"),
            "charge.dispute.closed": ({"id": "dp_1", "payment_intent": "pi_1"}, "dispute"),
        }
        for type, (subject, kind) in told.items():
            with self.subTest(type):
                found = read_data(type=type, data={"object": subject})
                self.assertEqual((found.object_kind, found.intent_id), (kind, "pi_1"))

    def test_only_a_true_live_event_is_live(self):
        for told, is_live in {True: True, False: False, "true": False, None: False}.items():
            with self.subTest(told):
                self.assertIs(read_data(livemode=told).livemode, is_live)
