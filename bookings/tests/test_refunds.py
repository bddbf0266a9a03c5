"""Money given back: in part, again after a failure, in Stripe's dashboard, and not while a bank decides."""

from datetime import timedelta

from django.core import mail
from django.utils import timezone

from bookings import payment_records
from bookings.models import Payment, PaymentEvent, Refund, Ticket
from bookings.money import reconciliation, refunds, settlement
from bookings.refusals import NotCancellable, RefundNotPossible

from .support.fake_stripe import faults
from .support.steps import stored
from .support.stripe_site import PRICE, StripeTestCase

REFUND_NEWS = ("refund.created", "refund.updated", "refund.failed")


class PaidTestCase(StripeTestCase):
    def setUp(self):
        super().setUp()
        self.pay()
        self.deliver_all("payment_intent.succeeded")
        self.now = timezone.now()

    def give_back(self, amount, reason="A kindness"):
        with self.captureOnCommitCallbacks(execute=True):
            return refunds.refund_payment(payment=self.payment(), amount=amount, reason=reason, now=self.now)

    def in_the_dashboard(self, amount=PRICE):
        params = {"payment_intent": self.payment().intent_id, "amount": amount}
        return self.fake.ledger.create_refund(params)["id"]

    def reconcile(self):
        return reconciliation.reconcile(now=self.now)

    def refunds(self):
        return list(Refund.objects.order_by("pk").values_list("status", "amount"))

    def fail_at_the_bank(self, refund_id):
        self.fake.ledger.finish_refund(refund_id, "failed", "expired_or_canceled_card")
        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.deliver_all("refund.failed")


class StaffRefundTests(PaidTestCase):
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


class FailedRefundTests(PaidTestCase):
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


class DashboardTests(PaidTestCase):
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


class DisputeTests(PaidTestCase):
    def setUp(self):
        super().setUp()
        self.dispute = self.fake.ledger.open_dispute(self.payment().intent_id)["id"]
        with self.assertLogs("bookings.payment_records", "ERROR") as self.told:
            self.assertEqual(self.deliver_all("charge.dispute.created"), [200])

    def close(self, status):
        self.fake.ledger.close_dispute(self.dispute, status)
        return self.deliver_all("charge.dispute.closed")

    def test_it_is_flagged_with_one_alert_and_the_banks_reason(self):
        self.assertEqual(len(self.told.output), 1)
        self.assertIsNotNone(self.payment().disputed_at)
        self.assertEqual(self.payment().note, f"{self.dispute}: needs_response fraudulent")

    def test_heard_of_again_it_is_not_alarming_again(self):
        first = self.payment().disputed_at
        self.fake.ledger.disputes[self.dispute]["status"] = "under_review"

        with self.assertNoLogs("bookings.payment_records", "ERROR"):
            self.close("under_review")
            self.reconcile()

        self.assertEqual(self.payment().disputed_at, first)

    def test_one_that_is_won_ends_nothing_while_another_is_open(self):
        self.fake.ledger.open_dispute(self.payment().intent_id, "duplicate")

        self.close("won")

        self.assertIsNotNone(self.payment().disputed_at)

    def test_nothing_is_given_back_meanwhile(self):
        with self.assertRaises(RefundNotPossible):
            self.give_back(100)

    def test_the_visitor_can_not_cancel_for_money_and_keeps_the_tickets(self):
        self.client.force_login(self.ann)

        response = self.client.post(f"/bookings/{self.booking.reference}/cancel/")

        self.assertContains(response, "That much can&#x27;t be refunded", status_code=409)
        self.assertEqual([stored(self.booking).status, Ticket.objects.valid().count()], ["CONFIRMED", 2])

    def test_won_it_is_a_payment_like_any_other(self):
        self.close("won")

        self.assertIsNone(self.payment().disputed_at)
        self.fake.ledger.charges[self.fake.ledger.intent(self.payment().intent_id)["latest_charge"]][
            "disputed"
        ] = False
        self.give_back(100)
        self.assertEqual(self.refunds(), [("SUCCEEDED", 100)])

    def test_lost_the_money_is_gone_and_staff_is_told(self):
        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.close("lost")

        self.assertEqual(self.status(), ("CONFIRMED", "TAKEN_BACK"))
        with self.assertRaises(RefundNotPossible):
            self.give_back(100)

    def test_closed_without_a_delivery_it_is_seen_by_reconcile(self):
        while_it_is_open = self.reconcile()
        self.fake.ledger.close_dispute(self.dispute, "won")

        after_it = self.reconcile()

        counted = [(done["open"], done["settled"]) for done in (while_it_is_open, after_it)]
        self.assertEqual(counted, [(1, 0), (0, 1)])
        self.assertIsNone(self.payment().disputed_at)

    def test_opened_without_a_delivery_it_is_seen_in_the_news(self):
        Payment.objects.update(disputed_at=None)
        PaymentEvent.objects.filter(type="charge.dispute.created").delete()

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.reconcile()

        self.assertIsNotNone(self.payment().disputed_at)


class VisitorTests(PaidTestCase):
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

    def test_early_enough_the_seats_and_their_tax_come_back(self):
        self.assertContains(self.client.get(self.page), "Cancel and refund ₹472.00")

        response = self.cancel()

        self.assertContains(response, "Your refund of ₹472.00 is on its way.")
        self.assertEqual(self.taken_back_and_left(), (47200, PRICE - 47200))
        self.assertEqual(self.status(), ("CANCELLED", "SUCCEEDED"))
        self.assertContains(self.client.get(self.page), "We refunded ₹472.00.")

    def test_later_it_is_half(self):
        self.starts_in(minutes=60)
        self.assertContains(self.client.get(self.page), "Cancel and refund ₹236.00")

        self.cancel()

        self.assertEqual(self.taken_back_and_left(), (23600, PRICE - 23600))

    def test_at_the_end_it_is_nothing(self):
        self.starts_in(minutes=10)
        self.assertContains(self.client.get(self.page), "Cancel without a refund")

        self.cancel()

        self.assertEqual([self.taken_back_and_left(), self.refunds()], [(0, PRICE), []])

    def test_the_rules_are_those_of_the_day_it_was_bought(self):
        with self.settings(REFUND_TIERS=""):
            self.assertContains(self.client.get(self.page), "Cancel and refund ₹472.00")

    def test_what_staff_has_given_back_is_not_given_twice(self):
        self.give_back(40000)
        self.assertContains(self.client.get(self.page), "Cancel and refund ₹95.60")

        self.cancel()

        self.assertEqual([self.taken_back_and_left(), self.payment().status], [(PRICE, 0), "REFUNDED"])

    def test_twice_is_once(self):
        self.cancel()

        self.assertContains(self.cancel(), "This booking can&#x27;t be cancelled.", status_code=409)
        self.assertEqual(self.refunds(), [("SUCCEEDED", 47200)])

    def test_the_mail_says_what_comes_back(self):
        mail.outbox.clear()

        self.cancel()

        self.assertEqual([message.to for message in mail.outbox], [[self.ann.email]])
        self.assertIn("₹472.00 goes back to the card you paid with", mail.outbox[0].body)


class CinemaTests(PaidTestCase):
    """The cinema gives a booking up, whatever the clock says."""

    def cancel(self, now=None):
        with self.captureOnCommitCallbacks(execute=True):
            return refunds.cancel_for_cinema(
                booking=stored(self.booking), now=now or self.now, reason="The projector broke"
            )

    def test_all_of_it_goes_back_fee_included_after_the_start_too(self):
        self.cancel(self.showtime.start_time)

        self.assertEqual(self.status(), ("CANCELLED", "REFUNDED"))
        self.assertEqual([self.taken_back_and_left(), Ticket.objects.valid().count()], [(PRICE, 0), 0])

    def test_what_had_been_given_back_is_not_given_twice(self):
        self.give_back(40000)

        self.cancel()

        self.assertEqual(self.refunds(), [("SUCCEEDED", 40000), ("SUCCEEDED", PRICE - 40000)])

    def test_while_a_bank_decides_the_tickets_go_and_the_money_waits(self):
        Payment.objects.update(disputed_at=self.now)

        self.cancel()

        self.assertEqual([self.status(), self.refunds()], [("CANCELLED", "SUCCEEDED"), []])

    def test_twice_is_refused(self):
        self.cancel()

        with self.assertRaises(NotCancellable):
            self.cancel()

    def test_another_payment_for_it_goes_back_too(self):
        self.cancel()
        metadata = {"booking": self.booking.reference}
        second = self.fake.ledger.create_intent({"amount": PRICE, "currency": "inr", "metadata": metadata})
        self.fake.pay(second["id"])

        self.deliver_all("payment_intent.succeeded")
        settlement.settle(intent=settlement.fetch_intent(Payment.objects.first()), now=self.now)

        self.assertEqual(self.taken_back_and_left(), (2 * PRICE, 0))
