"""Every page that waits for Stripe stops waiting in time, for visitors and staff. On a simulated clock."""

from unittest import mock

from django.urls import reverse

from bookings.models import Payment
from bookings.payments import time_limit
from moviebooking.testing import make_user

from .support.fake_stripe import faults
from .support.stripe_site import CommittedStripeTestCase


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class SlowAnswer(faults.Fault):
    """An exchange that takes eight seconds; `answer` replaces the usual one if it is not None."""

    def __init__(self, clock, answer=None):
        self.clock, self.answer = clock, answer

    def before(self):
        self.clock.now += 8
        return self.answer


class PageTimeLimitTests(CommittedStripeTestCase):
    """Two exchanges take longer than a page may wait, so Stripe is not called again after them."""

    def setUp(self):
        super().setUp()
        self.pay()
        self.deliver(*self.fake.deliveries("payment_intent.succeeded"))
        self.clock = Clock()
        self.enterContext(mock.patch.object(time_limit, "monotonic", self.clock))
        self.assertEqual(time_limit.PAGE_SECONDS, 14)

    def slow_down(self, verb, path, *answers):
        self.fake.add_faults(verb, path, *[SlowAnswer(self.clock, answer) for answer in answers])

    def slow_down_refund(self):
        broken = (500, {"error": {"type": "api_error", "message": "A 500."}}, False)
        self.slow_down("GET", "/v1/refunds", None)
        self.slow_down("POST", "/v1/refunds", broken, broken, broken)

    def count_requests(self, verb, path):
        return len([one for one in self.fake.requests if one[:2] == (verb, path)])

    def test_the_page_of_a_visitor_who_cancels_stops_after_its_time(self):
        self.client.force_login(self.ann)
        self.slow_down_refund()

        answer = self.client.post(reverse("bookings:cancel", args=[self.booking.reference]))

        self.assertEqual([answer.status_code, self.count_requests("POST", "/v1/refunds")], [302, 1])
        self.assertEqual(self.status(), ("CANCELLED", "SUCCEEDED"))

    def test_the_page_of_staff_who_refund_stops_after_its_time(self):
        self.client.force_login(make_user("staff", is_staff=True, is_superuser=True))
        self.slow_down_refund()

        page = reverse("admin:bookings_payment_refund", args=[self.payment().pk])
        answer = self.client.post(page, {"amount": "100", "reason": "Kind", "left": "49560"})

        self.assertEqual([answer.status_code, self.count_requests("POST", "/v1/refunds")], [302, 1])

    def test_the_page_of_staff_who_check_several_payments_stops_after_its_time(self):
        self.client.force_login(make_user("staff", is_staff=True, is_superuser=True))
        intent_id = self.payment().intent_id
        Payment.objects.create(
            booking=self.booking, provider="stripe", amount=1, currency="INR", intent_id="pi_other"
        )
        self.slow_down("GET", f"/v1/payment_intents/{intent_id}", None)
        self.slow_down("GET", "/v1/refunds", None)

        rows = list(Payment.objects.order_by("created_at").values_list("pk", flat=True))
        self.client.post(
            reverse("admin:bookings_payment_changelist") + "?o=7",
            {"action": "reconcile", "_selected_action": rows},
        )

        self.assertEqual(self.count_requests("GET", f"/v1/payment_intents/{intent_id}"), 2)
        self.assertEqual(self.count_requests("GET", "/v1/payment_intents/pi_other"), 0)
