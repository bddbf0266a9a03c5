"""Refunds that go wrong: refused, never made, failed, or refunded in another way."""

from django.utils import timezone

from bookings.models import Payment, PaymentEvent, Refund, Ticket
from bookings.money import audit, needs_attention, reconciliation, refunds, settlement, visitor_notes

from .support.fake_stripe import faults
from .support.steps import stored
from .support.stripe_site import PRICE, PaidStripeTestCase, StripeTestCase

REFUNDS = "/v1/refunds"


class UnknownUrl(faults.Fault):
    """A server that has no such URL."""

    def before(self):
        return (
            404,
            {"error": {"type": "invalid_request_error", "message": "Unrecognized request URL."}},
            False,
        )


class CardError(faults.Fault):
    def before(self):
        error = {"type": "card_error", "code": "expired_card", "message": "Your card has expired."}
        return 402, {"error": error}, False


class RefusedRefundTests(PaidStripeTestCase):
    def test_a_refund_that_the_cards_bank_refuses_has_failed_and_needs_attention(self):
        self.fake.add_faults("POST", REFUNDS, CardError())

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.refund(5000)

        self.assertEqual(self.refunds(), [("FAILED", 5000)])

    def test_a_refund_is_made_even_if_the_server_has_no_list_of_refunds(self):
        self.fake.add_faults("GET", REFUNDS, UnknownUrl())

        self.refund(5000)

        self.assertEqual([self.refunds(), self.refunded_and_kept()[0]], [[("SUCCEEDED", 5000)], 5000])

    def test_a_refund_of_an_intent_that_stripe_does_not_know_has_failed(self):
        self.fake.ledger.intents.clear()

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.refund(5000)

        self.assertEqual(list(Refund.objects.values_list("status", flat=True)), ["FAILED"])


class RepeatedTaskTests(PaidStripeTestCase):
    """Repeating anything neither calls Stripe nor refunds a second time."""

    def assert_asks_nothing(self, again):
        asked, before = len(self.fake.requests), self.refunds()

        again()

        self.assertEqual([len(self.fake.requests) - asked, self.refunds()], [0, before])

    def test_a_failed_refund_is_not_made_by_the_task_that_runs_again(self):
        self.fake.add_faults("POST", REFUNDS, faults.ErrorStatus(400))
        with self.assertLogs("bookings", "ERROR"):
            refund = self.refund(5000)

        self.assert_asks_nothing(lambda: refunds.make_refund.call(refund.pk))

    def test_a_pending_or_succeeded_refund_is_not_made_by_the_task_that_runs_again(self):
        self.fake.ledger.status_of_new_refunds = "pending"
        under_way = self.refund(5000)
        self.fake.ledger.status_of_new_refunds = "succeeded"
        given = self.refund(6000)
        self.assertEqual(self.refunds(), [("PENDING", 5000), ("SUCCEEDED", 6000)])

        for refund in (under_way, given):
            self.assert_asks_nothing(lambda refund=refund: refunds.make_refund.call(refund.pk))

    def test_a_refund_event_that_is_delivered_twice_is_handled_once(self):
        self.refund_in_dashboard(5000)
        self.deliver_all("refund.created")

        self.assert_asks_nothing(lambda: self.assertEqual(self.deliver_all("refund.created"), [200]))

    def test_a_settled_payment_is_not_settled_again_after_a_refund(self):
        self.refund(5000)
        intent = settlement.fetch_intent(self.payment())

        self.assert_asks_nothing(lambda: settlement.settle(intent=intent, now=self.now))

    def test_the_page_of_a_settled_booking_does_not_call_stripe(self):
        booking = stored(self.booking)
        for status in (*Payment.DECIDED, Payment.Status.CANCELED):
            Payment.objects.update(status=status, received=PRICE if status in Payment.DECIDED else 0)
            with self.subTest(status):
                self.assert_asks_nothing(lambda: settlement.refresh_from_provider(booking, now=self.now))


class EventBeforePaymentTests(StripeTestCase):
    def test_a_refund_event_settles_the_open_payment_first(self):
        """The payment is refunded in full before the event of the payment itself arrives."""
        self.pay()
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})

        self.assertEqual(self.deliver_all("refund.created"), [200])

        self.assertEqual([self.status(), self.refunded_and_kept()], [("PENDING", "REFUNDED"), (PRICE, 0)])
        self.assertEqual(PaymentEvent.objects.get().type, "refund.created")

    def test_a_dispute_event_settles_the_open_payment_first(self):
        self.fake.ledger.open_dispute(self.pay().id)

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.assertEqual(self.deliver_all("charge.dispute.created"), [200])

        self.assertEqual([*self.status(), Ticket.objects.count()], ["CONFIRMED", "SUCCEEDED", 2])
        self.assertIsNotNone(self.payment().disputed_at)


class RefundQuoteTests(PaidStripeTestCase):
    def test_only_a_succeeded_payment_can_be_refunded_by_cancelling(self):
        """The others are a second payment, which was refunded, and one that was never paid."""
        for status, received in (("REFUNDED", PRICE), ("CANCELED", 0)):
            Payment.objects.create(
                booking=self.booking,
                provider="stripe",
                amount=PRICE,
                received=received,
                currency="INR",
                status=status,
            )

        amount, percent = refunds.refund_quote(stored(self.booking), now=self.now)

        self.assertEqual((str(amount), percent), ("472.00", 100))

    def test_cancelling_a_booking_without_a_payment_refunds_nothing(self):
        Payment.objects.update(status="REFUND_DUE")

        self.assertEqual(refunds.refund_quote(stored(self.booking), now=self.now), (0, 100))


class FailedCancellationRefundTests(PaidStripeTestCase):
    """A visitor's refund of 472.00 fails at the bank."""

    def setUp(self):
        super().setUp()
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_booking(booking=stored(self.booking), now=self.now)
        self.failed = Refund.objects.get()
        self.fail_refund_at_bank(self.failed.refund_id)

    def assert_done(self, given="₹472.00"):
        self.assertEqual([needs_attention.sections(self.now), audit.audit(self.now)], [[], []])
        self.assertEqual(
            visitor_notes.note_for_visitor(stored(self.booking)),
            f"We refunded {given}. It can take up to 10 days to appear.",
        )

    def test_a_failed_refund_needs_attention_and_the_visitor_is_told(self):
        [section] = needs_attention.sections(self.now)

        self.assertEqual([case.row for case in section.cases], [self.failed])
        self.assertEqual(
            visitor_notes.note_for_visitor(stored(self.booking)),
            "We couldn’t refund ₹472.00 to your card. We’ll find another way and get in touch.",
        )

    def test_a_dashboard_refund_of_the_same_amount_replaces_the_failed_one(self):
        self.refund_in_dashboard(47200)
        self.deliver_all("refund.created")

        self.assert_done()
        self.assertEqual(Refund.objects.get(status="SUCCEEDED").retry_of, self.failed)

    def test_a_staff_refund_of_the_same_amount_replaces_the_failed_one(self):
        self.refund(47200)

        self.assert_done()
        self.assertEqual(Refund.objects.get(status="SUCCEEDED").retry_of, self.failed)

    def test_a_failed_refund_that_was_refunded_in_two_parts_needs_no_attention(self):
        self.refund(30000)
        self.refund(17200)

        self.assert_done()

    def test_the_audit_finds_a_failed_refund_of_which_only_a_part_was_refunded(self):
        self.refund(30000)

        self.assertEqual(
            audit.audit(self.now), [f"Payment {self.payment()}: 30000 refunded of 47200 by the rules"]
        )


class RefundImportedWhileSettlingTests(StripeTestCase):
    def test_a_refund_imported_while_the_payment_is_settled_leaves_no_unpaid_tickets(self):
        intent = self.pay()
        looked_at = settlement.fetch_intent(self.payment())
        self.fake.ledger.create_refund({"payment_intent": intent.id})
        refunds.import_refunds(self.payment(), now=timezone.now())

        settlement.settle(intent=looked_at, now=timezone.now())

        self.assertEqual([self.status(), Ticket.objects.count()], [("PENDING", "REFUNDED"), 0])
        self.assertEqual(audit.audit(timezone.now()), [])


class DashboardAlertTests(PaidStripeTestCase):
    def test_refunding_all_of_a_confirmed_booking_in_the_dashboard_logs_one_error(self):
        self.refund_in_dashboard()

        with self.assertLogs("bookings.payment_records", "ERROR") as told:
            self.deliver_all("refund.created")

        self.assertEqual([len(told.output), *self.status()], [1, "CONFIRMED", "REFUNDED"])

    def test_a_dashboard_refund_that_has_already_failed_logs_one_error(self):
        self.fail_refund_at_bank(self.refund_in_dashboard(5000))

        self.assertEqual(self.refunds(), [("FAILED", 5000)])


class SecondPaymentTests(PaidStripeTestCase):
    def test_the_page_says_that_the_refund_is_of_a_second_payment(self):
        metadata = {"booking": self.booking.reference}
        second = self.fake.ledger.create_intent({"amount": PRICE, "currency": "inr", "metadata": metadata})
        self.fake.pay(second["id"])
        self.deliver_all("payment_intent.succeeded")
        payment = Payment.objects.get(status="SUCCEEDED")
        with self.captureOnCommitCallbacks(execute=True):
            refunds.refund_payment(payment=payment, amount=1000, reason="A kindness", now=self.now)

        self.assertEqual(
            visitor_notes.note_for_visitor(stored(self.booking)),
            "We refunded ₹10.00. It can take up to 10 days to appear."
            " You paid twice for this booking. We refunded ₹495.60. It can take up to 10 days to appear.",
        )


class ServerWithoutListsTests(StripeTestCase):
    def test_a_payment_is_settled_even_if_the_server_has_no_lists_of_refunds_and_disputes(self):
        self.pay()
        self.fake.add_faults("GET", REFUNDS, UnknownUrl())
        self.fake.add_faults("GET", "/v1/disputes", UnknownUrl())

        done = reconciliation.reconcile(now=timezone.now())

        self.assertEqual([done["settled"], done["failed"], *self.status()], [1, 0, "CONFIRMED", "SUCCEEDED"])
