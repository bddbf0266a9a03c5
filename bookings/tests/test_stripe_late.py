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


class LateTests(InterruptedPaymentTestCase):
    """Paid in time, heard of after the deadline."""

    def setUp(self):
        super().setUp()
        self.pay()
        lifecycle.expire_overdue(self.late)

    def rival(self):
        hold(self.bob, self.showtime, ["A2"], now=self.late)

    def test_with_every_seat_free_it_is_confirmed(self):
        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_with_a_seat_gone_the_money_goes_back_and_page_and_mail_say_so(self):
        self.rival()

        self.reconcile(self.late)

        self.assert_given_back_once()
        self.assertEqual([message.to for message in mail.outbox], [[self.ann.email]])
        self.assertIn("Your refund", mail.outbox[0].subject)
        self.client.force_login(self.ann)
        page = self.client.get(f"/bookings/{self.booking.reference}/")
        self.assertContains(page, "We refunded ₹495.60.")

    def test_after_the_start_the_money_goes_back(self):
        self.reconcile(self.showtime.start_time)

        self.assert_given_back_once()

    def test_without_redis_it_waits(self):
        with redis_down():
            self.assertEqual(self.reconcile(self.late)["failed"], 2)  # the payment itself, and its news
        self.assertEqual(self.status(), ("EXPIRED", "OPEN"))

        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_killed_with_the_locks_taken_again(self):
        with killed_before(lifecycle, "confirm"):
            self.settle(self.late)

        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_killed_before_the_refund_was_written_down(self):
        self.rival()
        with killed_before(lifecycle, "owe_refund"):
            self.settle(self.late)

        self.reconcile(self.late)

        self.assert_given_back_once()

    def test_killed_before_the_refund_was_asked_for(self):
        self.rival()
        with killed_after(lifecycle, "owe_refund"):
            self.settle(self.late)
        self.assertEqual([self.status(), self.fake.ledger.refunds], [("EXPIRED", "REFUND_DUE"), {}])

        self.reconcile(self.late)

        self.assert_given_back_once()

    def killed_after_the_refund_was_made(self):
        with killed_after(lifecycle, "owe_refund"):
            self.settle(self.late)
        with killed_after(Provider, "refund"):
            refunds.make_refund.call(Refund.objects.get().pk)

    def test_killed_before_the_refund_that_was_made_was_written_down(self):
        self.rival()
        self.killed_after_the_refund_was_made()
        self.assertEqual(Refund.objects.get().status, "REQUESTED")

        self.reconcile(self.late)

        self.assert_given_back_once()

    def test_a_day_later_stripe_has_forgotten_the_key_and_still_it_goes_back_once(self):
        self.rival()
        self.killed_after_the_refund_was_made()
        self.fake.memory.forget()

        self.reconcile(self.late + timedelta(days=2))

        self.assert_given_back_once()

    def test_every_answer_to_the_refund_lost(self):
        self.rival()
        self.fake.misbehave("POST", "/v1/refunds", *[faults.LostAnswer() for _ in range(3)])
        self.settle(self.late)
        self.assertEqual(Refund.objects.get().status, "REQUESTED")
        self.fake.memory.forget()

        self.reconcile(self.late)

        self.assert_given_back_once()

    def test_given_back_in_the_dashboard_before_we_knew_of_it_it_buys_nothing(self):
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 10000})

        self.reconcile(self.late)

        self.assertEqual([self.status(), Ticket.objects.count()], [("EXPIRED", "REFUNDED"), 0])
        amounts = Refund.objects.order_by("amount").values_list("status", "amount")
        self.assertEqual(list(amounts), [("SUCCEEDED", 10000), ("SUCCEEDED", PRICE - 10000)])
        self.assertEqual(self.taken_back_and_left(), (PRICE, 0))

    def test_given_back_there_in_full_it_owes_nothing(self):
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id})

        self.deliver_all("refund.created", "payment_intent.succeeded")
        self.reconcile(self.late)

        self.assert_given_back_once()

    def test_the_cinema_has_cancelled_meanwhile(self):
        refunds.cancel_showtime(showtime=self.showtime, now=self.late)

        self.reconcile(self.late)

        self.assert_given_back_once()


class CancelledByVisitorTests(InterruptedPaymentTestCase):
    def test_killed_after_the_booking_was_cancelled_the_refund_is_made(self):
        self.pay()
        self.settle()
        with killed_after(lifecycle, "cancel"):
            refunds.cancel_booking(booking=stored(self.booking), now=timezone.now())

        self.reconcile()

        self.assertEqual(stored(self.booking).status, "CANCELLED")
        self.assertEqual(self.taken_back_and_left(), (47200, PRICE - 47200))

    def test_the_seats_are_free_for_others_however_it_ends(self):
        self.pay()
        self.settle()
        refunds.cancel_booking(booking=stored(self.booking), now=timezone.now())

        with self.settings(PAYMENT_PROVIDER="demo"):
            self.assertEqual(buy(self.bob, self.showtime, ["A1"]).status, "CONFIRMED")
