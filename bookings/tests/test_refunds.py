"""Refunds by staff, retries of failed ones, and refunds made in Stripe's dashboard."""

from bookings import payment_records
from bookings.models import Refund
from bookings.money import refunds
from bookings.refusals import RefundNotPossible

from .support.fake_stripe import faults
from .support.stripe_site import PRICE, PaidStripeTestCase

REFUND_EVENTS = ("refund.created", "refund.updated", "refund.failed")


class StaffRefundTests(PaidStripeTestCase):
    def test_a_part_can_be_refunded_and_the_tickets_stay_valid(self):
        self.refund(10000)

        self.assertEqual(
            [self.refunds(), self.status()], [[("SUCCEEDED", 10000)], ("CONFIRMED", "SUCCEEDED")]
        )
        self.assertEqual(self.refunded_and_kept(), (10000, PRICE - 10000))

    def test_refunding_the_same_amount_twice_makes_two_refunds(self):
        self.refund(10000)
        self.refund(10000)

        self.assertEqual(self.refunds(), [("SUCCEEDED", 10000)] * 2)
        self.assertEqual(self.refunded_and_kept(), (20000, PRICE - 20000))

    def test_never_more_than_was_received_is_refunded(self):
        self.refund(PRICE - 1)

        for amount in (2, PRICE, 0, -1):
            with self.subTest(amount), self.assertRaises(RefundNotPossible):
                self.refund(amount)

        self.refund(1)
        self.assertEqual([self.refunded_and_kept(), self.payment().status], [(PRICE, 0), "REFUNDED"])

    def test_a_pending_refund_succeeds_days_later(self):
        self.fake.ledger.status_of_new_refunds = "pending"
        refund = self.refund(10000)
        self.assertEqual(self.refunds(), [("PENDING", 10000)])

        refund.refresh_from_db()
        self.fake.ledger.finish_refund(refund.refund_id, "succeeded")
        self.assertEqual(self.deliver_all(*REFUND_EVENTS), [200, 200])

        self.assertEqual(self.refunds(), [("SUCCEEDED", 10000)])

    def test_a_pending_refund_counts_as_refunded(self):
        self.fake.ledger.status_of_new_refunds = "pending"
        self.refund(PRICE - 1)

        with self.assertRaises(RefundNotPossible):
            self.refund(2)

    def test_a_pending_refund_is_never_made_again(self):
        self.fake.ledger.status_of_new_refunds = "pending"
        self.refund(10000)
        self.fake.idempotency_keys.forget()

        for _ in range(2):
            self.assertEqual(self.reconcile()["open"], 1)

        self.assertEqual(len(self.fake.ledger.refunds), 1)

    def test_a_refund_that_stripe_refuses_has_failed(self):
        self.fake.add_faults("POST", "/v1/refunds", faults.ErrorStatus(400))

        with self.assertLogs("bookings", "ERROR"):
            self.refund(10000)

        self.assertEqual(self.refunds(), [("FAILED", 10000)])


class FailedRefundTests(PaidStripeTestCase):
    def setUp(self):
        super().setUp()
        self.failed = self.refund(PRICE)
        self.failed.refresh_from_db()
        self.fail_refund_at_bank(self.failed.refund_id)
        self.failed.refresh_from_db()

    def retry(self):
        with self.captureOnCommitCallbacks(execute=True):
            return refunds.retry_refund(refund=self.failed, now=self.now)

    def test_a_bank_may_return_a_refund_that_had_succeeded(self):
        self.assertEqual([self.refunds(), self.payment().status], [[("FAILED", PRICE)], "SUCCEEDED"])

    def test_a_repeated_event_about_a_failed_refund_logs_no_second_error(self):
        self.fake.ledger.finish_refund(self.failed.refund_id, "failed")

        with self.assertNoLogs("bookings.payment_records", "ERROR"):
            self.deliver_all(*REFUND_EVENTS)

    def test_the_page_says_that_another_way_to_refund_will_be_found(self):
        self.client.force_login(self.ann)

        page = self.client.get(f"/bookings/{self.booking.reference}/")

        self.assertContains(page, "refund ₹495.60 to your card.")

    def test_a_retry_is_a_new_refund_with_its_own_key(self):
        again = self.retry()

        self.assertNotEqual(again.key, self.failed.key)
        self.assertEqual(self.refunds(), [("FAILED", PRICE), ("SUCCEEDED", PRICE)])
        self.assertEqual([self.refunded_and_kept(), self.payment().status], [(PRICE, 0), "REFUNDED"])

    def test_a_failed_refund_is_retried_only_once(self):
        again = self.retry()

        with self.assertRaises(RefundNotPossible):
            self.retry()
        with self.assertRaises(RefundNotPossible):
            refunds.retry_refund(refund=again, now=self.now)

    def test_a_manual_refund_replaces_the_failed_one(self):
        refunds.record_manual_refund(refund=self.failed, reason="In cash", now=self.now)

        self.assertEqual([self.refunds()[1], self.payment().status], [("SUCCEEDED", PRICE), "REFUNDED"])
        self.assertEqual(len(self.fake.ledger.refunds), 1)

    def test_a_late_success_of_a_failed_refund_changes_nothing(self):
        payment_records.record_refund_status(
            refund_id=self.failed.pk, status=Refund.Status.SUCCEEDED, now=self.now
        )

        self.assertEqual(self.refunds(), [("FAILED", PRICE)])


class DashboardRefundTests(PaidStripeTestCase):
    def test_dashboard_refunds_are_imported(self):
        self.refund_in_dashboard(5000)
        self.refund_in_dashboard(5000)

        self.assertEqual(self.deliver_all("refund.created"), [200, 200])

        self.assertEqual(self.refunds(), [("SUCCEEDED", 5000)] * 2)
        with self.assertRaises(RefundNotPossible):
            self.refund(PRICE - 9999)

    def test_a_dashboard_refund_is_imported_once_whichever_events_report_it(self):
        self.refund_in_dashboard(5000)

        self.deliver_all("refund.created", "charge.refunded")
        self.reconcile()

        self.assertEqual(self.refunds(), [("SUCCEEDED", 5000)])

    def test_later_changes_of_a_dashboard_refund_are_imported(self):
        self.fake.ledger.status_of_new_refunds = "pending"
        refund_id = self.refund_in_dashboard(5000)
        self.deliver_all("refund.created")
        self.assertEqual(self.refunds(), [("PENDING", 5000)])

        self.fail_refund_at_bank(refund_id)

        self.assertEqual(self.refunds(), [("FAILED", 5000)])

    def test_our_own_refund_is_not_imported_as_a_dashboard_refund(self):
        self.refund(5000)

        self.deliver_all("refund.created")

        self.assertEqual(self.refunds(), [("SUCCEEDED", 5000)])

    def test_a_full_dashboard_refund_leaves_the_booking_confirmed_for_staff_to_decide(self):
        self.refund_in_dashboard()

        self.deliver_all("refund.created")

        self.assertEqual(self.status(), ("CONFIRMED", "REFUNDED"))
