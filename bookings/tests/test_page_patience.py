"""Every page that waits for Stripe gives up in time, whoever it is for. By a clock of the test's own."""

from unittest import mock

from django.urls import reverse

from bookings.models import Payment
from bookings.payments import patience
from moviebooking.testing import make_user

from .support.fake_stripe import faults
from .support.stripe_site import CommittedStripeTestCase


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class Lasts(faults.Fault):
    """An exchange of eight seconds; an answer, where there is one, is a 500."""

    def __init__(self, clock, answer=None):
        self.clock, self.answer = clock, answer

    def before(self):
        self.clock.now += 8
        return self.answer


class PatienceTests(CommittedStripeTestCase):
    """Two exchanges are longer than a page may wait, so nothing is asked after them."""

    def setUp(self):
        super().setUp()
        self.pay()
        self.deliver(*self.fake.deliveries("payment_intent.succeeded"))
        self.clock = Clock()
        self.enterContext(mock.patch.object(patience, "monotonic", self.clock))
        self.assertEqual(patience.PAGE_SECONDS, 14)

    def last(self, verb, path, *answers):
        self.fake.misbehave(verb, path, *[Lasts(self.clock, answer) for answer in answers])

    def refund_lasts(self):
        broken = (500, {"error": {"type": "api_error", "message": "A 500."}}, False)
        self.last("GET", "/v1/refunds", None)
        self.last("POST", "/v1/refunds", broken, broken, broken)

    def asked(self, verb, path):
        return len([one for one in self.fake.requests if one[:2] == (verb, path)])

    def test_a_visitor_who_cancels(self):
        self.client.force_login(self.ann)
        self.refund_lasts()

        answer = self.client.post(reverse("bookings:cancel", args=[self.booking.reference]))

        self.assertEqual([answer.status_code, self.asked("POST", "/v1/refunds")], [302, 1])
        self.assertEqual(self.status(), ("CANCELLED", "SUCCEEDED"))

    def test_staff_who_gives_money_back(self):
        self.client.force_login(make_user("staff", is_staff=True, is_superuser=True))
        self.refund_lasts()

        page = reverse("admin:bookings_payment_refund", args=[self.payment().pk])
        answer = self.client.post(page, {"amount": "100", "reason": "Kind", "left": "49560"})

        self.assertEqual([answer.status_code, self.asked("POST", "/v1/refunds")], [302, 1])

    def test_staff_who_asks_about_several_payments(self):
        self.client.force_login(make_user("staff", is_staff=True, is_superuser=True))
        intent_id = self.payment().intent_id
        Payment.objects.create(
            booking=self.booking, provider="stripe", amount=1, currency="INR", intent_id="pi_other"
        )
        self.last("GET", f"/v1/payment_intents/{intent_id}", None)
        self.last("GET", "/v1/refunds", None)

        rows = list(Payment.objects.order_by("created_at").values_list("pk", flat=True))
        self.client.post(
            reverse("admin:bookings_payment_changelist") + "?o=7",
            {"action": "reconcile", "_selected_action": rows},
        )

        self.assertEqual(self.asked("GET", f"/v1/payment_intents/{intent_id}"), 2)
        self.assertEqual(self.asked("GET", "/v1/payment_intents/pi_other"), 0)
