"""Refunds by staff, retries of failed ones, and refunds made in Stripe's dashboard."""

from bookings import payment_records
from bookings.models import Refund
from bookings.money import refunds
from bookings.refusals import RefundNotPossible

from .support.fake_stripe import faults
from .support.stripe_site import PRICE, PaidStripeTestCase

REFUND_NEWS = ("refund.created", "refund.updated", "refund.failed")


class StaffRefundTests(PaidStripeTestCase):
    def test_part_of_it_goes_back_and_the_tickets_stay(self):
        self.give_back(10000)

        self.assertEqual(
            [self.refunds(), self.status()], [[("SUCCEEDED", 10000)], ("CONFIRMED", "SUCCEEDED")]
        )
        self.assertEqual(self.taken_back_and_left(), (10000, PRICE - 10000))

    def test_the_same_part_twice_is_two_refunds(self):
        self.give_back(10000)
        self.give_back(10000)

        self.assertEqual(self.refunds(), [("SUCCEEDED", 10000)] * 2)
        self.assertEqual(self.taken_back_and_left(), (20000, PRICE - 20000))

    def test_never_more_than_was_received(self):
        self.give_back(PRICE - 1)

        for amount in (2, PRICE, 0, -1):
            with self.subTest(amount), self.assertRaises(RefundNotPossible):
                self.give_back(amount)

        self.give_back(1)
        self.assertEqual([self.taken_back_and_left(), self.payment().status], [(PRICE, 0), "REFUNDED"])

    def test_a_bank_takes_days_and_then_says_yes(self):
        self.fake.ledger.new_refunds_are = "pending"
        refund = self.give_back(10000)
        self.assertEqual(self.refunds(), [("PENDING", 10000)])

        refund.refresh_from_db()
        self.fake.ledger.finish_refund(refund.refund_id, "succeeded")
        self.assertEqual(self.deliver_all(*REFUND_NEWS), [200, 200])

        self.assertEqual(self.refunds(), [("SUCCEEDED", 10000)])

    def test_what_is_under_way_counts_as_given(self):
        self.fake.ledger.new_refunds_are = "pending"
        self.give_back(PRICE - 1)

        with self.assertRaises(RefundNotPossible):
            self.give_back(2)

    def test_one_under_way_is_never_made_again(self):
        self.fake.ledger.new_refunds_are = "pending"
        self.give_back(10000)
        self.fake.memory.forget()

        for _ in range(2):
            self.assertEqual(self.reconcile()["open"], 1)

        self.assertEqual(len(self.fake.ledger.refunds), 1)

    def test_what_stripe_refuses_has_failed(self):
        self.fake.misbehave("POST", "/v1/refunds", faults.Status(400))

        with self.assertLogs("bookings", "ERROR"):
            self.give_back(10000)

        self.assertEqual(self.refunds(), [("FAILED", 10000)])


class FailedRefundTests(PaidStripeTestCase):
    def setUp(self):
        super().setUp()
        self.failed = self.give_back(PRICE)
        self.failed.refresh_from_db()
        self.fail_at_the_bank(self.failed.refund_id)
        self.failed.refresh_from_db()

    def retry(self):
        with self.captureOnCommitCallbacks(execute=True):
            return refunds.retry_refund(refund=self.failed, now=self.now)

    def test_a_bank_may_send_back_what_had_been_given(self):
        self.assertEqual([self.refunds(), self.payment().status], [[("FAILED", PRICE)], "SUCCEEDED"])

    def test_told_again_it_is_not_alarming_again(self):
        self.fake.ledger.finish_refund(self.failed.refund_id, "failed")

        with self.assertNoLogs("bookings.payment_records", "ERROR"):
            self.deliver_all(*REFUND_NEWS)

    def test_the_visitor_reads_that_another_way_is_looked_for(self):
        self.client.force_login(self.ann)

        page = self.client.get(f"/bookings/{self.booking.reference}/")

        self.assertContains(page, "refund ₹495.60 to your card.")

    def test_a_retry_is_a_refund_with_a_key_of_its_own(self):
        again = self.retry()

        self.assertNotEqual(again.key, self.failed.key)
        self.assertEqual(self.refunds(), [("FAILED", PRICE), ("SUCCEEDED", PRICE)])
        self.assertEqual([self.taken_back_and_left(), self.payment().status], [(PRICE, 0), "REFUNDED"])

    def test_only_one_takes_its_place(self):
        again = self.retry()

        with self.assertRaises(RefundNotPossible):
            self.retry()
        with self.assertRaises(RefundNotPossible):
            refunds.retry_refund(refund=again, now=self.now)

    def test_given_by_hand_it_is_given(self):
        refunds.record_manual_refund(refund=self.failed, reason="In cash", now=self.now)

        self.assertEqual([self.refunds()[1], self.payment().status], [("SUCCEEDED", PRICE), "REFUNDED"])
        self.assertEqual(len(self.fake.ledger.refunds), 1)

    def test_a_late_success_of_the_failed_one_changes_nothing(self):
        payment_records.record_refund_status(
            refund_id=self.failed.pk, status=Refund.Status.SUCCEEDED, now=self.now
        )

        self.assertEqual(self.refunds(), [("FAILED", PRICE)])


class DashboardTests(PaidStripeTestCase):
    def test_what_staff_gives_back_there_stands_here(self):
        self.in_the_dashboard(5000)
        self.in_the_dashboard(5000)

        self.assertEqual(self.deliver_all("refund.created"), [200, 200])

        self.assertEqual(self.refunds(), [("SUCCEEDED", 5000)] * 2)
        with self.assertRaises(RefundNotPossible):
            self.give_back(PRICE - 9999)

    def test_it_is_taken_over_once_whatever_news_tell_of_it(self):
        self.in_the_dashboard(5000)

        self.deliver_all("refund.created", "charge.refunded")
        self.reconcile()

        self.assertEqual(self.refunds(), [("SUCCEEDED", 5000)])

    def test_what_becomes_of_it_later_is_followed(self):
        self.fake.ledger.new_refunds_are = "pending"
        refund_id = self.in_the_dashboard(5000)
        self.deliver_all("refund.created")
        self.assertEqual(self.refunds(), [("PENDING", 5000)])

        self.fail_at_the_bank(refund_id)

        self.assertEqual(self.refunds(), [("FAILED", 5000)])

    def test_our_own_is_not_taken_for_a_foreign_one(self):
        self.give_back(5000)

        self.deliver_all("refund.created")

        self.assertEqual(self.refunds(), [("SUCCEEDED", 5000)])

    def test_all_of_it_given_back_there_leaves_a_booking_that_a_person_has_to_look_at(self):
        self.in_the_dashboard()

        self.deliver_all("refund.created")

        self.assertEqual(self.status(), ("CONFIRMED", "REFUNDED"))
