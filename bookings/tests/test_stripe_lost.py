"""A response of Stripe is lost, or a process dies, at any step of a payment before its deadline.

`reconcile` completes each of them: the visitor gets either tickets or the money back.
"""

from unittest import mock

from django.utils import timezone

from bookings import checkout, lifecycle, payment_records
from bookings.models import Booking, Payment, Ticket
from bookings.money import reconciliation
from bookings.payments import PaymentRejected, PaymentUnavailable
from bookings.payments.stripe_provider import Provider
from bookings.refusals import SeatsUnavailable

from .support.crashes import killed_after, killed_before
from .support.fake_stripe import faults
from .support.steps import hold
from .support.stripe_site import PRICE, InterruptedPaymentTestCase

INTENTS = "/v1/payment_intents"


class PaidDuringRequest(faults.Fault):
    """The visitor's bank accepts the payment while the request is on its way."""

    def __init__(self, fake):
        self.fake = fake

    def before(self):
        for intent_id in list(self.fake.ledger.intents):
            self.fake.pay(intent_id)


class InterruptedBeginTests(InterruptedPaymentTestCase):
    def test_after_a_crash_before_stripe_is_called_the_next_click_creates_the_intent(self):
        with killed_before(Provider, "create_intent"):
            self.begin()
        self.assertEqual([self.payment().intent_id, self.fake.ledger.intents], ["", {}])

        self.pay()
        self.reconcile()

        self.assert_confirmed_once()

    def test_after_a_crash_before_the_intent_id_is_recorded_the_next_click_finds_the_intent(self):
        with killed_before(payment_records, "record_intent_id"):
            self.begin()

        intent = self.pay()

        self.assertEqual(list(self.fake.ledger.intents), [intent.id])
        self.reconcile()
        self.assert_confirmed_once()

    def test_after_a_crash_before_the_intent_id_is_recorded_an_abandoned_intent_is_withdrawn(self):
        with killed_before(payment_records, "record_intent_id"):
            self.begin()

        self.reconcile(self.late)

        self.assert_nothing_taken()

    def test_after_lost_answers_the_visitor_tries_again_and_gets_the_same_intent(self):
        self.fake.add_faults("POST", INTENTS, *[faults.LostResponse() for _ in range(3)])
        with self.assertRaises(PaymentUnavailable):
            self.begin()

        intent = self.pay()

        self.assertEqual(list(self.fake.ledger.intents), [intent.id])

    def test_after_a_crash_before_stripe_is_called_showing_the_page_creates_no_intent(self):
        lifecycle.open_payment(
            booking_id=self.booking.pk, provider="stripe", amount=PRICE, now=timezone.now()
        )
        self.client.force_login(self.ann)

        page = self.client.get(f"/bookings/{self.booking.reference}/pay/")

        self.assertEqual([page.status_code, self.fake.ledger.intents], [200, {}])

    def test_a_payment_whose_amount_stripe_rejects_ends_with_the_deadline(self):
        Booking.objects.update(total_amount="0.40")
        self.booking.refresh_from_db()
        self.client.force_login(self.ann)
        refused = self.client.post(
            f"/bookings/{self.booking.reference}/pay/", headers={"accept": "application/json"}
        )
        self.assertEqual(
            (refused.status_code, refused.json()["message"]), (409, "This amount can’t be paid by card.")
        )

        self.assertEqual([self.reconcile()["failed"], self.status()], [1, ("PENDING", "OPEN")])
        done = self.reconcile(self.late)
        self.assertEqual([done["settled"], done["failed"]], [1, 0])
        self.assertEqual(self.status(), ("EXPIRED", "CANCELED"))


class InterruptedConfirmationTests(InterruptedPaymentTestCase):
    def test_reconcile_confirms_a_payment_whose_webhook_never_came(self):
        self.pay()

        done = self.reconcile()

        self.assertEqual((done["settled"], done["failed"]), (1, 0))
        self.assert_confirmed_once()

    def test_a_sweep_confirms_a_payment_by_the_list_of_events(self):
        self.pay()

        done = self.reconcile(include_fresh=False)

        self.assertEqual((done["settled"], done["events"]), (0, 1))
        self.assert_confirmed_once()

    def test_reconcile_confirms_after_a_crash_before_confirming(self):
        self.pay()
        with killed_before(lifecycle, "confirm"):
            self.settle()

        self.reconcile()

        self.assert_confirmed_once()

    def test_reconcile_confirms_after_a_crash_while_confirming(self):
        self.pay()
        with killed_before(payment_records, "record_receipt"):
            self.settle()
        self.assertEqual([*self.status(), Ticket.objects.count()], ["PENDING", "OPEN", 0])

        self.reconcile()

        self.assert_confirmed_once()

    def test_reconcile_keeps_a_confirmed_booking_after_a_crash_before_its_locks_were_freed(self):
        self.pay()
        with killed_after(lifecycle, "confirm"):
            self.settle()

        self.reconcile()

        self.assert_confirmed_once()
        with self.assertRaises(SeatsUnavailable):
            hold(self.bob, self.showtime, ["A1"])

    def test_reconcile_confirms_once_stripe_answers_again(self):
        intent = self.pay()
        lost_requests = [faults.LostRequest() for _ in range(3)]
        self.fake.add_faults("GET", f"{INTENTS}/{intent.id}", *lost_requests)
        self.assertEqual(self.reconcile()["failed"], 1)

        self.reconcile()

        self.assert_confirmed_once()

    def test_a_payment_that_can_not_be_settled_stops_no_other(self):
        self.pay()
        other = Booking.objects.create(user=self.bob, showtime=self.showtime, seats=["A5"], total_amount=200)
        strange = Payment.objects.create(
            booking=other, provider="stripe", amount=20000, currency="INR", intent_id="pi_gone"
        )

        with self.assertLogs("bookings.money.reconciliation", "WARNING") as told:
            done = self.reconcile()

        self.assertEqual([done["settled"], done["failed"]], [1, 1])
        self.assertEqual(len(told.output), 1)
        self.assertIn(f"{strange!r} has to wait", told.output[0])
        self.assert_confirmed_once()
        strange.refresh_from_db()
        self.assertEqual(strange.status, "OPEN")

    def test_a_payment_that_stripe_does_not_know_for_hours_needs_attention(self):
        self.begin()
        self.fake.ledger.intents.clear()
        self.reconcile(self.late)
        self.assertEqual(self.payment().status, "OPEN")

        with self.assertLogs("bookings.payment_records", "ERROR") as logs:
            self.reconcile(self.late + reconciliation.UNKNOWN_FOR)
            self.reconcile(self.late + reconciliation.UNKNOWN_FOR)

        self.assertEqual([self.payment().status, len(logs.output)], ["MISMATCH", 1])


class InterruptedWithdrawalTests(InterruptedPaymentTestCase):
    def test_an_intent_that_nobody_paid_is_withdrawn(self):
        self.begin()

        self.reconcile(self.late, include_fresh=False)

        self.assert_nothing_taken()

    def test_an_intent_that_can_still_be_paid_is_not_withdrawn(self):
        self.begin()

        self.assertEqual(self.reconcile()["open"], 1)

        self.assertEqual(self.status(), ("PENDING", "OPEN"))

    def test_an_intent_whose_withdrawal_is_rejected_stays_open_and_counts_as_failed(self):
        """It has an intent, so money may have been taken; only a payment without one is closed."""
        intent = self.begin()

        with (
            mock.patch.object(Provider, "cancel_intent", side_effect=PaymentRejected),
            self.assertNoLogs("bookings.money.reconciliation", "ERROR"),
        ):
            done = self.reconcile(self.late, include_fresh=False)

        self.assertEqual([done["failed"], done["settled"], *self.status()], [1, 0, "PENDING", "OPEN"])
        self.assertEqual(self.fake.ledger.intent(intent.id)["status"], "requires_payment_method")

    def test_an_intent_that_is_paid_while_it_is_withdrawn_buys_the_seats(self):
        self.begin()
        self.fake.add_faults("POST", f"{INTENTS}/", PaidDuringRequest(self.fake))

        self.reconcile(self.late)

        self.assert_confirmed_once()

    def test_reconcile_finishes_after_a_crash_that_followed_the_withdrawal(self):
        self.begin()
        with killed_after(Provider, "cancel_intent"):
            self.reconcile(self.late)
        self.assertEqual(self.payment().status, "OPEN")

        self.reconcile(self.late)

        self.assert_nothing_taken()

    def test_reconcile_finishes_after_the_answer_to_a_withdrawal_was_lost(self):
        self.begin()
        self.fake.add_faults("POST", f"{INTENTS}/", *[faults.LostResponse() for _ in range(3)])
        self.assertEqual(self.reconcile(self.late)["failed"], 1)

        self.reconcile(self.late)

        self.assert_nothing_taken()

    def test_the_intent_of_a_dropped_booking_is_withdrawn_too(self):
        intent = self.begin()
        checkout.drop_booking(booking=self.booking, now=timezone.now())

        self.reconcile(include_fresh=False)

        self.assertEqual(self.status(), ("FAILED", "CANCELED"))
        self.assertEqual(self.fake.ledger.intent(intent.id)["status"], "canceled")
