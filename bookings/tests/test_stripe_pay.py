"""The payment page with Stripe: the form, the JSON that mounts it, and the return from the bank."""

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


class PaymentPageTestCase(StripeTestCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.page = f"/bookings/{self.booking.reference}/pay/"
        self.detail = f"/bookings/{self.booking.reference}/"

    def post_page(self):
        return self.client.post(self.page, headers=JSON)

    def get_page(self):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.get(self.page)


class BeginPaymentTests(PaymentPageTestCase):
    def test_a_post_returns_the_client_secret_and_publishable_key_and_nothing_else(self):
        response = self.post_page()

        [intent] = self.fake.ledger.intents.values()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            response.json(), {"client_secret": intent["client_secret"], "publishable_key": "pk_test_fake"}
        )
        self.assertEqual([intent["amount"], intent["currency"]], [PRICE, "inr"])
        self.assertEqual(
            intent["metadata"], {"booking": self.booking.reference, "payment": str(self.payment().key)}
        )

    def test_showing_the_page_creates_no_intent(self):
        page = self.get_page()

        self.assertContains(page, "data-pay")
        self.assertEqual(self.fake.ledger.intents, {})

    def test_only_the_payment_pages_csp_allows_stripe(self):
        policies = [self.client.get(page)["Content-Security-Policy"] for page in (self.page, self.detail)]

        self.assertEqual([self.fake.origin in policy for policy in policies], [True, False])

    def test_repeated_posts_return_the_same_intent(self):
        secrets = {self.post_page().json()["client_secret"] for _ in range(5)}

        self.assertEqual([len(secrets), len(self.fake.ledger.intents), Payment.objects.count()], [1, 1, 1])

    def test_amounts_sent_by_the_browser_are_ignored(self):
        self.client.post(self.page, {"amount": "1", "currency": "jpy", "total_amount": "0.01"}, headers=JSON)

        [intent] = self.fake.ledger.intents.values()
        self.assertEqual([intent["amount"], intent["currency"]], [PRICE, "inr"])

    def test_neither_the_page_nor_the_client_secret_may_be_cached(self):
        for response in (self.get_page(), self.post_page()):
            self.assertIn("no-store", response.headers["Cache-Control"])

    def test_two_clicks_get_the_same_intent_even_if_stripe_has_forgotten_the_key(self):
        """Two simultaneous clicks: both get the intent whose ID is recorded first."""
        payment = lifecycle.open_payment(
            booking_id=self.booking.pk, provider="stripe", amount=PRICE, now=timezone.now()
        )
        first = self.begin()
        self.fake.idempotency_keys.forget()

        # The row as it was read before the response to the first click came.
        second = settlement.fetch_intent(payment)

        self.assertEqual([second.client_secret, len(self.fake.ledger.intents)], [first.client_secret, 2])

    def test_another_visitor_gets_no_client_secret(self):
        self.client.force_login(self.bob)

        self.assertEqual([self.post_page().status_code, self.fake.ledger.intents], [404, {}])

    def test_amounts_are_sent_in_the_minor_units_of_the_currency(self):
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


class ReturnFromStripeTests(PaymentPageTestCase):
    def test_returning_after_a_successful_payment_leads_to_the_tickets(self):
        self.pay()

        self.assertRedirects(self.get_page(), self.detail)

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_the_redirect_status_in_the_query_string_is_not_trusted(self):
        intent = self.begin()

        page = self.client.get(f"{self.page}?payment_intent={intent.id}&redirect_status=succeeded")

        self.assertContains(page, "data-pay")
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_returning_after_a_declined_card_shows_the_form_again(self):
        self.pay(cards.DECLINED)

        self.assertContains(self.get_page(), "data-pay")
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_a_post_for_a_paid_booking_redirects_to_the_tickets(self):
        self.pay()

        self.assertRedirects(self.post_page(), self.detail)

    def test_returning_after_the_deadline_with_all_seats_free_leads_to_the_tickets(self):
        self.pay()
        type(self.booking).objects.update(expires_at=self.booking.created_at)

        self.assertRedirects(self.get_page(), self.detail)

    def test_returning_after_the_intent_was_cancelled_in_the_dashboard_is_410(self):
        self.fake.ledger.cancel_intent(self.begin().id)

        self.assertEqual(self.get_page().status_code, 410)
        self.assertEqual(self.status(), ("FAILED", "CANCELED"))


class ChangedProviderTests(PaymentPageTestCase):
    """The site's payment provider was changed after the payment had begun."""

    refused = "This payment method is no longer available."

    def test_after_a_change_from_stripe_to_demo_paying_is_409_with_a_message(self):
        self.begin()

        with self.settings(PAYMENT_PROVIDER="demo"):
            response = self.client.post(self.page, {"outcome": "success"})

        self.assertContains(response, self.refused, status_code=409)

    def test_after_a_change_from_demo_to_stripe_paying_is_409_with_a_message(self):
        with self.settings(PAYMENT_PROVIDER="demo"):
            self.begin()

        response = self.post_page()

        self.assertEqual([response.status_code, self.refused in response.json()["message"]], [409, True])


class StripeUnavailableTests(PaymentPageTestCase):
    def make_stripe_fail(self, times=3):
        self.fake.add_faults("POST", INTENTS, *[faults.ErrorStatus(500) for _ in range(times)])

    def test_the_json_response_is_503_and_the_booking_stays_pending(self):
        self.make_stripe_fail()

        response = self.post_page()

        self.assertEqual((response.status_code, response.json()["error"]), (503, "payment_unavailable"))
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_retries_use_the_same_idempotency_key(self):
        self.make_stripe_fail()
        self.post_page()
        self.post_page()

        keys = {
            headers["Idempotency-Key"]
            for headers in self.fake.request_headers
            if "Idempotency-Key" in headers
        }
        self.assertEqual([len(keys), len(self.fake.ledger.intents)], [1, 1])

    def test_the_page_is_503_with_a_message(self):
        self.begin()
        self.fake.add_faults("GET", INTENTS, *[faults.ErrorStatus(429) for _ in range(3)])

        self.assertContains(
            self.get_page(), "reach the payment service. Try again in a minute.", status_code=503
        )

    def test_no_card_form_is_shown_while_it_is_unknown_whether_the_booking_was_paid(self):
        self.pay()
        self.fake.add_faults("GET", INTENTS, *[faults.ErrorStatus(500) for _ in range(3)])

        page = self.get_page()

        self.assertContains(page, "Confirming your payment…", status_code=503)
        self.assertNotContains(page, "data-pay", status_code=503)
        self.assertNotContains(page, "been charged", status_code=503)
        self.assertRedirects(self.get_page(), self.detail)

    def test_a_late_payment_waiting_for_redis_is_not_described_as_uncharged(self):
        self.pay()
        type(self.booking).objects.update(expires_at=self.booking.created_at)

        with redis_down():
            page = self.get_page()

        self.assertContains(page, "Confirming your payment…", status_code=503)
        self.assertNotContains(page, "been charged", status_code=503)

    def test_cancelling_a_booking_whose_payment_just_went_through_promises_a_refund(self):
        self.pay()

        page = self.client.post(f"{self.detail}cancel/", follow=True)

        self.assertContains(page, "If any payment went through")
        self.assertContains(self.client.get(self.detail), "Any late payment will be refunded in full.")
        self.deliver_all("payment_intent.succeeded")
        self.assertEqual([self.status(), self.refunded_and_kept()], [("FAILED", "REFUNDED"), (PRICE, 0)])

    def test_an_intent_that_stripe_does_not_know_is_503_and_logged(self):
        self.begin()
        self.fake.ledger.intents.clear()

        with self.assertLogs("bookings.money.settlement", "ERROR"):
            self.assertEqual(self.get_page().status_code, 503)

    def test_a_page_never_waits_longer_than_its_time_limit(self):
        self.begin()
        self.fake.add_faults("GET", INTENTS, *[faults.SlowResponse(5) for _ in range(4)])
        self.assertLess(payment_view.PAGE_SECONDS, 15)
        started = monotonic()

        with mock.patch.multiple(stripe_provider, ATTEMPT_SECONDS=0.5, CALL_SECONDS=1):
            self.assertEqual(self.get_page().status_code, 503)

        self.assertLess(monotonic() - started, 4.5)
