"""A bank disputes a payment: nothing is refunded meanwhile, and the outcome is recorded."""

from bookings.models import Payment, PaymentEvent, Ticket
from bookings.refusals import RefundNotPossible

from .support.steps import stored
from .support.stripe_site import PaidStripeTestCase


class DisputeTests(PaidStripeTestCase):
    def setUp(self):
        super().setUp()
        self.dispute = self.fake.ledger.open_dispute(self.payment().intent_id)["id"]
        with self.assertLogs("bookings.payment_records", "ERROR") as self.told:
            self.assertEqual(self.deliver_all("charge.dispute.created"), [200])

    def close(self, status):
        self.fake.ledger.close_dispute(self.dispute, status)
        return self.deliver_all("charge.dispute.closed")

    def test_a_dispute_flags_the_payment_and_logs_one_error_with_the_reason(self):
        self.assertEqual(len(self.told.output), 1)
        self.assertIsNotNone(self.payment().disputed_at)
        self.assertEqual(self.payment().note, f"{self.dispute}: needs_response fraudulent")

    def test_a_repeated_event_about_a_dispute_logs_no_second_error(self):
        first = self.payment().disputed_at
        self.fake.ledger.disputes[self.dispute]["status"] = "under_review"

        with self.assertNoLogs("bookings.payment_records", "ERROR"):
            self.close("under_review")
            self.reconcile()

        self.assertEqual(self.payment().disputed_at, first)

    def test_winning_one_dispute_keeps_the_flag_while_another_is_open(self):
        self.fake.ledger.open_dispute(self.payment().intent_id, "duplicate")

        self.close("won")

        self.assertIsNotNone(self.payment().disputed_at)

    def test_nothing_is_refunded_during_a_dispute(self):
        with self.assertRaises(RefundNotPossible):
            self.refund(100)

    def test_a_visitor_can_not_cancel_for_a_refund_during_a_dispute(self):
        self.client.force_login(self.ann)

        response = self.client.post(f"/bookings/{self.booking.reference}/cancel/")

        self.assertContains(response, "That much can’t be refunded", status_code=409)
        self.assertEqual([stored(self.booking).status, Ticket.objects.valid().count()], ["CONFIRMED", 2])

    def test_a_payment_can_be_refunded_after_a_won_dispute(self):
        self.close("won")

        self.assertIsNone(self.payment().disputed_at)
        self.fake.ledger.charges[self.fake.ledger.intent(self.payment().intent_id)["latest_charge"]][
            "disputed"
        ] = False
        self.refund(100)
        self.assertEqual(self.refunds(), [("SUCCEEDED", 100)])

    def test_a_lost_dispute_takes_the_payment_back_and_logs_an_error(self):
        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.close("lost")

        self.assertEqual(self.status(), ("CONFIRMED", "TAKEN_BACK"))
        with self.assertRaises(RefundNotPossible):
            self.refund(100)

    def test_reconcile_finds_a_dispute_whose_closing_was_not_delivered(self):
        while_it_is_open = self.reconcile()
        self.fake.ledger.close_dispute(self.dispute, "won")

        after_it = self.reconcile()

        counted = [(done["open"], done["settled"]) for done in (while_it_is_open, after_it)]
        self.assertEqual(counted, [(1, 0), (0, 1)])
        self.assertIsNone(self.payment().disputed_at)

    def test_reconcile_finds_a_dispute_whose_opening_was_not_delivered(self):
        Payment.objects.update(disputed_at=None)
        PaymentEvent.objects.filter(type="charge.dispute.created").delete()

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.reconcile()

        self.assertIsNotNone(self.payment().disputed_at)
