"""The payment page with Stripe behind it: the form, the JSON that mounts it, the way back from the bank."""

from time import monotonic
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Payment
from bookings.money import settlement
from bookings.payments import stripe_provider
from bookings.views import payment as payment_view
from moviebooking.testing import JSON

from .support.fake_stripe import cards, faults
from .support.redis_faults import redis_down
from .support.steps import book, make_user
from .support.stripe_site import PRICE, StripeTestCase

INTENTS = "/v1/payment_intents"


class PageTestCase(StripeTestCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.page = f"/bookings/{self.booking.reference}/pay/"
        self.detail = f"/bookings/{self.booking.reference}/"

    def ask(self):
        return self.client.post(self.page, headers=JSON)

    def get(self):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.get(self.page)


class BeginTests(PageTestCase):
    def test_a_post_answers_what_mounts_the_form_and_nothing_else(self):
        answer = self.ask()

        [intent] = self.fake.ledger.intents.values()
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            answer.json(), {"client_secret": intent["client_secret"], "publishable_key": "pk_test_fake"}
        )
        self.assertEqual([intent["amount"], intent["currency"]], [PRICE, "inr"])
        self.assertEqual(
            intent["metadata"], {"booking": self.booking.reference, "payment": str(self.payment().key)}
        )

    def test_a_get_makes_no_intent(self):
        page = self.get()

        self.assertContains(page, "data-pay")
        self.assertEqual(self.fake.ledger.intents, {})

    def test_the_payment_page_lets_stripe_in_and_no_other_does(self):
        policies = [self.client.get(page)["Content-Security-Policy"] for page in (self.page, self.detail)]

        self.assertEqual([self.fake.origin in policy for policy in policies], [True, False])

    def test_every_post_finds_the_same_intent(self):
        secrets = {self.ask().json()["client_secret"] for _ in range(5)}

        self.assertEqual([len(secrets), len(self.fake.ledger.intents), Payment.objects.count()], [1, 1, 1])

    def test_what_the_browser_sends_changes_no_price(self):
        self.client.post(self.page, {"amount": "1", "currency": "jpy", "total_amount": "0.01"}, headers=JSON)

        [intent] = self.fake.ledger.intents.values()
        self.assertEqual([intent["amount"], intent["currency"]], [PRICE, "inr"])

    def test_neither_the_page_nor_the_secret_is_kept_by_a_cache(self):
        for answer in (self.get(), self.ask()):
            self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_a_server_that_forgets_keys_makes_no_second_intent_that_can_be_paid_here(self):
        """Two simultaneous clicks: both get the intent whose ID is recorded first."""
        payment = lifecycle.open_payment(
            booking_id=self.booking.pk, provider="stripe", amount=PRICE, now=timezone.now()
        )
        first = self.begin()
        self.fake.idempotency_keys.forget()

        second = settlement.fetch_intent(payment)  # as it was read before the first click's answer came

        self.assertEqual([second.client_secret, len(self.fake.ledger.intents)], [first.client_secret, 2])

    def test_nobody_else_is_given_the_secret(self):
        self.client.force_login(self.bob)

        self.assertEqual([self.ask().status_code, self.fake.ledger.intents], [404, {}])

    def test_amounts_are_in_the_currencys_own_smallest_unit(self):
        """200 of a currency for the seat, 5% fee and 18% tax on both: 247.80, in whole yen 248."""
        asked = {}
        for currency, seat in {"USD": "A4", "JPY": "A5", "KWD": "A6"}.items():
            with override_settings(CURRENCY=currency):
                payer = make_user()
                booking = book(payer, self.showtime, [seat])
                self.client.force_login(payer)
                self.client.post(f"/bookings/{booking.reference}/pay/", headers=JSON)
                asked[currency] = list(self.fake.ledger.intents.values())[-1]["amount"]

        self.assertEqual(asked, {"USD": 24780, "JPY": 248, "KWD": 247800})


class ReturnTests(PageTestCase):
    def test_back_from_the_bank_with_the_money_paid_it_leads_to_the_tickets(self):
        self.pay()

        self.assertRedirects(self.get(), self.detail)

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_what_the_address_says_is_not_believed(self):
        intent = self.begin()

        page = self.client.get(f"{self.page}?payment_intent={intent.id}&redirect_status=succeeded")

        self.assertContains(page, "data-pay")
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_declined_it_shows_the_form_again(self):
        self.pay(cards.DECLINED)

        self.assertContains(self.get(), "data-pay")
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_paid_and_asked_for_a_form_again_it_leads_to_the_tickets(self):
        self.pay()

        self.assertRedirects(self.ask(), self.detail)

    def test_back_too_late_with_every_seat_free_it_leads_to_the_tickets(self):
        self.pay()
        type(self.booking).objects.update(expires_at=self.booking.created_at)

        self.assertRedirects(self.get(), self.detail)

    def test_withdrawn_in_the_dashboard_it_is_over(self):
        self.fake.ledger.cancel_intent(self.begin().id)

        self.assertEqual(self.get().status_code, 410)
        self.assertEqual(self.status(), ("FAILED", "CANCELED"))


class ChangedProviderTests(PageTestCase):
    """The site's provider is another one than when the payment was begun."""

    refused = "This payment method is no longer available."

    def test_from_stripe_to_demo_it_is_a_sentence(self):
        self.begin()

        with self.settings(PAYMENT_PROVIDER="demo"):
            answer = self.client.post(self.page, {"outcome": "success"})

        self.assertContains(answer, self.refused, status_code=409)

    def test_from_demo_to_stripe_no_empty_secret_is_given(self):
        with self.settings(PAYMENT_PROVIDER="demo"):
            self.begin()

        answer = self.ask()

        self.assertEqual([answer.status_code, self.refused in answer.json()["message"]], [409, True])


class SilenceTests(PageTestCase):
    def silence(self, times=3):
        self.fake.add_faults("POST", INTENTS, *[faults.ErrorStatus(500) for _ in range(times)])

    def test_as_json_it_is_503_and_the_booking_waits(self):
        self.silence()

        answer = self.ask()

        self.assertEqual((answer.status_code, answer.json()["error"]), (503, "payment_unavailable"))
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_trying_again_asks_for_the_same_payment(self):
        self.silence()
        self.ask()
        self.ask()

        keys = {
            headers["Idempotency-Key"]
            for headers in self.fake.request_headers
            if "Idempotency-Key" in headers
        }
        self.assertEqual([len(keys), len(self.fake.ledger.intents)], [1, 1])

    def test_as_a_page_it_is_503_with_a_sentence(self):
        self.begin()
        self.fake.add_faults("GET", INTENTS, *[faults.ErrorStatus(429) for _ in range(3)])

        self.assertContains(self.get(), "reach the payment service. Try again in a minute.", status_code=503)

    def test_while_it_is_not_known_whether_it_was_paid_no_card_is_asked_for(self):
        self.pay()
        self.fake.add_faults("GET", INTENTS, *[faults.ErrorStatus(500) for _ in range(3)])

        page = self.get()

        self.assertContains(page, "Confirming your payment…", status_code=503)
        self.assertNotContains(page, "data-pay", status_code=503)
        self.assertNotContains(page, "been charged", status_code=503)
        self.assertRedirects(self.get(), self.detail)

    def test_a_late_payment_that_waits_for_redis_is_not_called_uncharged(self):
        self.pay()
        type(self.booking).objects.update(expires_at=self.booking.created_at)

        with redis_down():
            page = self.get()

        self.assertContains(page, "Confirming your payment…", status_code=503)
        self.assertNotContains(page, "been charged", status_code=503)

    def test_cancelling_what_was_paid_already_says_that_it_is_refunded(self):
        self.pay()

        page = self.client.post(f"{self.detail}cancel/", follow=True)

        self.assertContains(page, "If any payment went through")
        self.assertContains(self.client.get(self.detail), "Any late payment will be refunded in full.")
        self.deliver_all("payment_intent.succeeded")
        self.assertEqual([self.status(), self.refunded_and_kept()], [("FAILED", "REFUNDED"), (PRICE, 0)])

    def test_an_intent_that_stripe_has_forgotten_is_no_more_than_silence(self):
        self.begin()
        self.fake.ledger.intents.clear()

        with self.assertLogs("bookings.money.settlement", "ERROR"):
            self.assertEqual(self.get().status_code, 503)

    def test_a_page_never_waits_longer_than_its_time_limit(self):
        self.begin()
        self.fake.add_faults("GET", INTENTS, *[faults.SlowResponse(5) for _ in range(4)])
        self.assertLess(payment_view.PAGE_SECONDS, 15)
        started = monotonic()

        with mock.patch.multiple(stripe_provider, ATTEMPT_SECONDS=0.5, CALL_SECONDS=1):
            self.assertEqual(self.get().status_code, 503)

        self.assertLess(monotonic() - started, 4.5)
