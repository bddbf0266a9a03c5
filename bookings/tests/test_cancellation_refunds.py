"""Refunds of cancelled bookings: by the refund rules, or in full if the cinema cancels."""

from datetime import timedelta

from django.core import mail
from django.utils import timezone

from bookings.models import Payment, Ticket
from bookings.money import refunds, settlement
from bookings.refusals import NotCancellable

from .support.steps import stored
from .support.stripe_site import PRICE, PaidStripeTestCase


class VisitorCancellationTests(PaidStripeTestCase):
    """Two standard seats: 472.00 of 495.60 for the seats and their tax; the fee and its tax are kept."""

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.page = f"/bookings/{self.booking.reference}/"

    def cancel(self):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(f"{self.page}cancel/", follow=True)

    def starts_in(self, **how_long):
        self.showtime.start_time = timezone.now() + timedelta(**how_long)
        self.showtime.save()

    def test_cancelling_early_refunds_the_seats_and_their_tax(self):
        self.assertContains(self.client.get(self.page), "Cancel and refund ₹472.00")

        response = self.cancel()

        self.assertContains(response, "Your refund of ₹472.00 is on its way.")
        self.assertEqual(self.refunded_and_kept(), (47200, PRICE - 47200))
        self.assertEqual(self.status(), ("CANCELLED", "SUCCEEDED"))
        self.assertContains(self.client.get(self.page), "We refunded ₹472.00.")

    def test_cancelling_later_refunds_half(self):
        self.starts_in(minutes=60)
        self.assertContains(self.client.get(self.page), "Cancel and refund ₹236.00")

        self.cancel()

        self.assertEqual(self.refunded_and_kept(), (23600, PRICE - 23600))

    def test_cancelling_shortly_before_the_start_refunds_nothing(self):
        self.starts_in(minutes=10)
        self.assertContains(self.client.get(self.page), "Cancel without a refund")

        self.cancel()

        self.assertEqual([self.refunded_and_kept(), self.refunds()], [(0, PRICE), []])

    def test_the_refund_rules_are_those_of_the_day_of_booking(self):
        with self.settings(REFUND_TIERS=""):
            self.assertContains(self.client.get(self.page), "Cancel and refund ₹472.00")

    def test_cancelling_does_not_refund_again_what_staff_has_refunded(self):
        self.refund(40000)
        self.assertContains(self.client.get(self.page), "Cancel and refund ₹95.60")

        self.cancel()

        self.assertEqual([self.refunded_and_kept(), self.payment().status], [(PRICE, 0), "REFUNDED"])

    def test_cancelling_twice_refunds_once(self):
        self.cancel()

        self.assertContains(self.cancel(), "This booking can’t be cancelled.", status_code=409)
        self.assertEqual(self.refunds(), [("SUCCEEDED", 47200)])

    def test_the_email_says_what_is_refunded(self):
        mail.outbox.clear()

        self.cancel()

        self.assertEqual([message.to for message in mail.outbox], [[self.ann.email]])
        self.assertIn("You’ll be refunded ₹472.00 to the card you paid with", mail.outbox[0].body)


class CinemaCancellationTests(PaidStripeTestCase):
    """The cinema cancels a booking, regardless of the refund rules."""

    def cancel(self, now=None):
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_for_cinema(
                booking=stored(self.booking), now=now or self.now, reason="The projector broke"
            )

    def test_a_cinema_cancellation_refunds_everything_even_after_the_start(self):
        self.cancel(self.showtime.start_time)

        self.assertEqual(self.status(), ("CANCELLED", "REFUNDED"))
        self.assertEqual([self.refunded_and_kept(), Ticket.objects.valid().count()], [(PRICE, 0), 0])

    def test_a_cinema_cancellation_refunds_only_what_is_left(self):
        self.refund(40000)

        self.cancel()

        self.assertEqual(self.refunds(), [("SUCCEEDED", 40000), ("SUCCEEDED", PRICE - 40000)])

    def test_a_cinema_cancellation_during_a_dispute_voids_tickets_without_a_refund(self):
        Payment.objects.update(disputed_at=self.now)

        self.cancel()

        self.assertEqual([self.status(), self.refunds()], [("CANCELLED", "SUCCEEDED"), []])

    def test_a_second_cinema_cancellation_is_refused(self):
        self.cancel()

        with self.assertRaises(NotCancellable):
            self.cancel()

    def test_a_second_payment_of_a_cancelled_booking_is_refunded_too(self):
        self.cancel()
        metadata = {"booking": self.booking.reference}
        second = self.fake.ledger.create_intent({"amount": PRICE, "currency": "inr", "metadata": metadata})
        self.fake.pay(second["id"])

        self.deliver_all("payment_intent.succeeded")
        settlement.settle(intent=settlement.fetch_intent(Payment.objects.first()), now=self.now)

        self.assertEqual(self.refunded_and_kept(), (2 * PRICE, 0))
