"""Paying by card in a real browser, with the fake Stripe's card form, under the site's own CSP."""

from django.conf import settings
from django.test import Client, tag
from playwright.sync_api import expect

from bookings.models import Payment, Ticket
from bookings.money import settlement
from moviebooking.tests.support.browser import BrowserTestCase

from .support.fake_stripe import cards, faults
from .support.stripe_site import StripeSite


@tag("money")
class PaymentPageTestCase(StripeSite, BrowserTestCase):
    width, height = 420, 900

    def setUp(self):
        super().setUp()
        self.log_in()
        self.payment_page = f"/bookings/{self.booking.reference}/pay/"
        self.page.goto(self.payment_page)

    def log_in(self):
        client = Client()
        client.force_login(self.ann)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": self.live_server_url}]
        )

    @property
    def card_form(self):
        return self.page.frame_locator("iframe[title='Secure payment input frame']")

    @property
    def bank_challenge(self):
        return self.page.frame_locator("iframe[title='3D Secure']")

    def pay_with(self, number):
        self.card_form.get_by_label("Card number").fill(number)
        self.page.get_by_role("button", name="Pay ₹495.60").click()

    def expect_message(self, sentence):
        expect(self.page.locator("[data-pay-news]")).to_contain_text(sentence)

    def expect_tickets(self):
        expect(self.page.get_by_role("heading", name="You’re booked!")).to_be_visible()
        expect(self.page).to_have_url(f"{self.live_server_url}/bookings/{self.booking.reference}/")
        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        self.assertEqual([Ticket.objects.count(), Payment.objects.count()], [2, 1])


class CardPaymentTests(PaymentPageTestCase):
    def test_a_good_card_leads_to_the_tickets(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()
        self.picture("pay-by-card")

        self.pay_with(cards.GOOD)

        self.expect_tickets()

    def test_the_card_number_is_sent_to_stripe_and_never_to_this_site(self):
        requests = []
        self.page.on("request", lambda request: requests.append((request.url, request.post_data or "")))

        self.pay_with(cards.GOOD)
        self.expect_tickets()

        with_card = [url for url, data in requests if cards.GOOD in url + data]
        self.assertEqual([url.startswith(self.fake.origin) for url in with_card], [True])

    def test_after_a_declined_card_another_card_pays_the_same_payment(self):
        self.pay_with(cards.DECLINED)
        self.expect_message("Your card was declined.")
        self.picture("pay-declined")

        self.pay_with(cards.GOOD)

        self.expect_tickets()

    def test_a_form_without_a_card_number_shows_an_error_and_pays_nothing(self):
        self.pay_with("")

        self.expect_message("Your card number is incomplete.")
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_reloading_after_paying_shows_the_tickets(self):
        self.pay_with(cards.GOOD)
        self.expect_tickets()

        self.page.reload()
        self.expect_tickets()
        self.page.goto(self.payment_page)

        self.expect_tickets()

    def test_reloading_before_paying_keeps_the_same_payment(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()

        self.page.reload()
        self.pay_with(cards.GOOD)

        self.expect_tickets()
        self.assertEqual(len(self.fake.ledger.intents), 1)

    def test_paying_a_booking_that_was_paid_in_another_tab_shows_the_tickets_and_no_error(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()
        self.fake.pay(self.payment().intent_id)

        self.pay_with(cards.GOOD)

        self.expect_tickets()

    def test_the_webhook_makes_the_tickets_if_the_page_is_closed_right_after_paying(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()
        self.page.goto("about:blank")
        self.fake.pay(self.payment().intent_id)

        self.deliver(*self.fake.deliveries("payment_intent.succeeded"))

        self.page.goto(f"/bookings/{self.booking.reference}/")
        self.expect_tickets()

    def deliver(self, *deliveries):
        return [one.send(f"{self.live_server_url}/bookings/webhooks/stripe/") for one in deliveries]


class ThreeDSecureTests(PaymentPageTestCase):
    """3-D Secure: the card's bank_challenge asks the visitor to authenticate the payment."""

    def test_completed_authentication_leads_to_the_tickets(self):
        self.pay_with(cards.ASKS_3DS)
        self.bank_challenge.get_by_role("button", name="Complete").click()

        self.expect_tickets()

    def test_failed_authentication_shows_an_error_and_another_card_pays(self):
        self.pay_with(cards.ASKS_3DS)
        self.bank_challenge.get_by_role("button", name="Fail").click()
        self.expect_message("We are unable to authenticate your payment method.")
        self.assertEqual(self.status(), ("PENDING", "OPEN"))

        self.pay_with(cards.GOOD)

        self.expect_tickets()


class UnpayableBookingTests(PaymentPageTestCase):
    def tearDown(self):
        self.complaints.clear()  # these tests provoke the 503 that the browser complains about
        super().tearDown()

    def test_while_stripe_is_down_the_page_says_so_and_offers_to_try_again(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()  # the payment has begun by now
        self.page.goto("about:blank")
        Payment.objects.all().delete()
        self.fake.ledger.intents.clear()
        self.fake.idempotency_keys.forget()
        self.fake.add_faults("POST", "/v1/payment_intents", *[faults.ErrorStatus(500) for _ in range(3)])

        self.page.goto(self.payment_page)
        self.expect_message("We can’t reach the payment service.")
        self.picture("pay-unavailable")
        self.page.get_by_role("button", name="Try again").click()
        self.pay_with(cards.GOOD)

        self.expect_tickets()

    def test_an_overdue_booking_shows_that_time_ran_out(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()
        type(self.booking).objects.update(expires_at=self.booking.created_at)

        self.page.goto(self.payment_page)

        expect(self.page.get_by_role("heading", name="Time ran out")).to_be_visible()

    def test_an_amount_too_small_for_a_card_shows_an_error(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()  # the payment has begun by now
        self.page.goto("about:blank")
        Payment.objects.all().delete()
        type(self.booking).objects.update(total_amount="0.40")

        self.page.goto(self.payment_page)

        self.expect_message("This amount can’t be paid by card.")

    def test_a_mismatched_payment_shows_a_warning_and_no_card_form(self):
        expect(self.card_form.get_by_label("Card number")).to_be_visible()
        self.fake.pay(self.payment().intent_id)
        self.fake.ledger.intent(self.payment().intent_id)["amount_received"] = 1
        settlement.settle(intent=settlement.fetch_intent(self.payment()), now=self.booking.created_at)

        self.page.goto(self.payment_page)

        expect(self.page.get_by_role("alert")).to_contain_text("Please don’t pay again")


class WithoutJavaScriptTests(PaymentPageTestCase):
    javascript = False

    def test_the_page_says_that_card_payment_needs_javascript(self):
        self.picture("pay-without-javascript")
        expect(self.page.locator("noscript p")).to_contain_text("Card payment needs JavaScript")
        expect(self.page.locator("noscript p")).to_be_visible()
        expect(self.page.locator("[data-pay]")).to_be_hidden()
