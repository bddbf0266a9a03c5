"""Late: paid in time and settled after the deadline, or cancelled with the process dying halfway.

`reconcile` finishes each of them, and the money ends with tickets or with the one who paid.
"""

from datetime import timedelta

from django.core import mail
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Refund, Ticket
from bookings.money import refunds
from bookings.payments.stripe_provider import Provider

from .support.crashes import killed_after, killed_before
from .support.fake_stripe import faults
from .support.redis_faults import redis_down
from .support.steps import buy, hold, stored
from .support.stripe_site import PRICE, InterruptedPaymentTestCase


class LateStripePaymentTests(InterruptedPaymentTestCase):
    """Paid in time, settled after the deadline."""

    def setUp(self):
        super().setUp()
        self.pay()
        lifecycle.expire_overdue(self.late)

    def rival(self):
        hold(self.bob, self.showtime, ["A2"], now=self.late)

    def test_a_late_payment_is_confirmed_if_all_seats_are_free(self):
        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_a_late_payment_is_refunded_if_a_seat_is_gone_and_page_and_email_say_so(self):
        self.rival()

        self.reconcile(self.late)

        self.assert_refunded_once()
        self.assertEqual([message.to for message in mail.outbox], [[self.ann.email]])
        self.assertIn("Your refund", mail.outbox[0].subject)
        self.client.force_login(self.ann)
        page = self.client.get(f"/bookings/{self.booking.reference}/")
        self.assertContains(page, "We refunded ₹495.60.")

    def test_a_payment_settled_after_the_start_is_refunded(self):
        self.reconcile(self.showtime.start_time)

        self.assert_refunded_once()

    def test_a_late_payment_waits_while_redis_is_down(self):
        with redis_down():
            self.assertEqual(self.reconcile(self.late)["failed"], 2)  # the payment itself, and its event
        self.assertEqual(self.status(), ("EXPIRED", "OPEN"))

        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_a_late_payment_is_confirmed_after_a_crash_with_its_seats_locked_again(self):
        with killed_before(lifecycle, "confirm"):
            self.settle(self.late)

        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_a_late_payment_is_refunded_after_a_crash_before_the_refund_was_recorded(self):
        self.rival()
        with killed_before(lifecycle, "owe_refund"):
            self.settle(self.late)

        self.reconcile(self.late)

        self.assert_refunded_once()

    def test_a_late_payment_is_refunded_after_a_crash_before_stripe_was_called(self):
        self.rival()
        with killed_after(lifecycle, "owe_refund"):
            self.settle(self.late)
        self.assertEqual([self.status(), self.fake.ledger.refunds], [("EXPIRED", "REFUND_DUE"), {}])

        self.reconcile(self.late)

        self.assert_refunded_once()

    def killed_after_the_refund_was_made(self):
        with killed_after(lifecycle, "owe_refund"):
            self.settle(self.late)
        with killed_after(Provider, "refund"):
            refunds.make_refund.call(Refund.objects.get().pk)

    def test_a_late_payment_is_refunded_once_after_a_crash_before_stripes_answer_was_recorded(self):
        self.rival()
        self.killed_after_the_refund_was_made()
        self.assertEqual(Refund.objects.get().status, "REQUESTED")

        self.reconcile(self.late)

        self.assert_refunded_once()

    def test_a_late_payment_is_refunded_once_even_if_stripe_has_forgotten_the_key(self):
        self.rival()
        self.killed_after_the_refund_was_made()
        self.fake.idempotency_keys.forget()

        self.reconcile(self.late + timedelta(days=2))

        self.assert_refunded_once()

    def test_a_late_payment_is_refunded_once_after_every_answer_was_lost(self):
        self.rival()
        self.fake.add_faults("POST", "/v1/refunds", *[faults.LostResponse() for _ in range(3)])
        self.settle(self.late)
        self.assertEqual(Refund.objects.get().status, "REQUESTED")
        self.fake.idempotency_keys.forget()

        self.reconcile(self.late)

        self.assert_refunded_once()

    def test_a_late_payment_partly_refunded_in_the_dashboard_is_refunded_in_full(self):
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 10000})

        self.reconcile(self.late)

        self.assertEqual([self.status(), Ticket.objects.count()], [("EXPIRED", "REFUNDED"), 0])
        amounts = Refund.objects.order_by("amount").values_list("status", "amount")
        self.assertEqual(list(amounts), [("SUCCEEDED", 10000), ("SUCCEEDED", PRICE - 10000)])
        self.assertEqual(self.refunded_and_kept(), (PRICE, 0))

    def test_a_late_payment_refunded_in_the_dashboard_is_not_refunded_again(self):
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id})

        self.deliver_all("refund.created", "payment_intent.succeeded")
        self.reconcile(self.late)

        self.assert_refunded_once()

    def test_a_late_payment_for_a_cancelled_showtime_is_refunded(self):
        refunds.cancel_showtime(showtime=self.showtime, now=self.late)

        self.reconcile(self.late)

        self.assert_refunded_once()


class InterruptedCancellationTests(InterruptedPaymentTestCase):
    def test_the_refund_is_made_after_a_crash_while_cancelling(self):
        self.pay()
        self.settle()
        with killed_after(lifecycle, "cancel"):
            refunds.cancel_booking(booking=stored(self.booking), now=timezone.now())

        self.reconcile()

        self.assertEqual(stored(self.booking).status, "CANCELLED")
        self.assertEqual(self.refunded_and_kept(), (47200, PRICE - 47200))

    def test_the_seats_of_a_cancelled_booking_are_free_for_others(self):
        self.pay()
        self.settle()
        refunds.cancel_booking(booking=stored(self.booking), now=timezone.now())

        with self.settings(PAYMENT_PROVIDER="demo"):
            self.assertEqual(buy(self.bob, self.showtime, ["A1"]).status, "CONFIRMED")
