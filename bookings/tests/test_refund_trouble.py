"""Refunds that don't go the ordinary way: refused, never made, failed, or given back otherwise."""

from django.utils import timezone

from bookings.models import Payment, PaymentEvent, Refund, Ticket
from bookings.money import audit, needs_attention, reconciliation, refunds, settlement, visitor_notes

from .support.fake_stripe import faults
from .support.steps import stored
from .support.stripe_site import PRICE, PaidStripeTestCase, StripeTestCase

REFUNDS = "/v1/refunds"


class Missing(faults.Fault):
    """A server that has no such address."""

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


class RefusedTests(PaidStripeTestCase):
    def test_one_that_the_cards_bank_refuses_has_failed_and_needs_attention(self):
        self.fake.misbehave("POST", REFUNDS, CardError())

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.give_back(5000)

        self.assertEqual(self.refunds(), [("FAILED", 5000)])

    def test_without_a_list_of_refunds_it_is_made_all_the_same(self):
        self.fake.misbehave("GET", REFUNDS, Missing())

        self.give_back(5000)

        self.assertEqual([self.refunds(), self.taken_back_and_left()[0]], [[("SUCCEEDED", 5000)], 5000])

    def test_of_an_intent_that_stripe_does_not_know_it_has_failed(self):
        self.fake.ledger.intents.clear()

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.give_back(5000)

        self.assertEqual(list(Refund.objects.values_list("status", flat=True)), ["FAILED"])


class OnceTests(PaidStripeTestCase):
    """Whatever is done again asks Stripe nothing, and gives nothing back a second time."""

    def assert_asks_nothing(self, again):
        asked, before = len(self.fake.requests), self.refunds()

        again()

        self.assertEqual([len(self.fake.requests) - asked, self.refunds()], [0, before])

    def test_a_failed_refund_is_not_made_by_the_task_that_runs_again(self):
        self.fake.misbehave("POST", REFUNDS, faults.Status(400))
        with self.assertLogs("bookings", "ERROR"):
            refund = self.give_back(5000)

        self.assert_asks_nothing(lambda: refunds.make_refund.call(refund.pk))

    def test_nor_is_one_that_is_under_way_or_given_back(self):
        self.fake.ledger.new_refunds_are = "pending"
        under_way = self.give_back(5000)
        self.fake.ledger.new_refunds_are = "succeeded"
        given = self.give_back(6000)
        self.assertEqual(self.refunds(), [("PENDING", 5000), ("SUCCEEDED", 6000)])

        for refund in (under_way, given):
            self.assert_asks_nothing(lambda refund=refund: refunds.make_refund.call(refund.pk))

    def test_a_refunds_event_that_is_heard_twice_asks_once(self):
        self.in_the_dashboard(5000)
        self.deliver_all("refund.created")

        self.assert_asks_nothing(lambda: self.assertEqual(self.deliver_all("refund.created"), [200]))

    def test_a_settled_payment_is_not_settled_again_whatever_has_been_given_back(self):
        self.give_back(5000)
        intent = settlement.fetch_intent(self.payment())

        self.assert_asks_nothing(lambda: settlement.settle(intent=intent, now=self.now))

    def test_a_page_of_what_is_settled_asks_nothing(self):
        booking = stored(self.booking)
        for status in (*Payment.DECIDED, Payment.Status.CANCELED):
            Payment.objects.update(status=status, received=PRICE if status in Payment.DECIDED else 0)
            with self.subTest(status):
                self.assert_asks_nothing(lambda: settlement.refresh_from_provider(booking, now=self.now))


class BeforeThePaymentTests(StripeTestCase):
    def test_a_refunds_event_settles_the_open_payment_first(self):
        """All of the money goes back, and nobody waits for news of the payment itself."""
        self.pay()
        self.fake.ledger.create_refund({"payment_intent": self.payment().intent_id, "amount": 5000})

        self.assertEqual(self.deliver_all("refund.created"), [200])

        self.assertEqual([self.status(), self.taken_back_and_left()], [("PENDING", "REFUNDED"), (PRICE, 0)])
        self.assertEqual(PaymentEvent.objects.get().type, "refund.created")

    def test_a_disputes_event_settles_the_open_payment_first(self):
        self.fake.ledger.open_dispute(self.pay().id)

        with self.assertLogs("bookings.payment_records", "ERROR"):
            self.assertEqual(self.deliver_all("charge.dispute.created"), [200])

        self.assertEqual([*self.status(), Ticket.objects.count()], ["CONFIRMED", "SUCCEEDED", 2])
        self.assertIsNotNone(self.payment().disputed_at)


class QuoteTests(PaidStripeTestCase):
    def test_only_a_payment_that_has_succeeded_is_worth_anything(self):
        """A second one, which came later and has gone back, and one that nobody paid."""
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

    def test_a_booking_without_one_is_worth_nothing(self):
        Payment.objects.update(status="REFUND_DUE")

        self.assertEqual(refunds.refund_quote(stored(self.booking), now=self.now), (0, 100))


class FailedTests(PaidStripeTestCase):
    """A visitor's refund of 472.00 fails at the bank."""

    def setUp(self):
        super().setUp()
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_booking(booking=stored(self.booking), now=self.now)
        self.failed = Refund.objects.get()
        self.fail_at_the_bank(self.failed.refund_id)

    def assert_done(self, given="₹472.00"):
        self.assertEqual([needs_attention.sections(self.now), audit.audit(self.now)], [[], []])
        self.assertEqual(
            visitor_notes.note_for_visitor(stored(self.booking)),
            f"We refunded {given}. It can take up to 10 days to appear.",
        )

    def test_until_something_is_done_a_person_is_needed_and_the_visitor_told(self):
        [section] = needs_attention.sections(self.now)

        self.assertEqual([case.row for case in section.cases], [self.failed])
        self.assertEqual(
            visitor_notes.note_for_visitor(stored(self.booking)),
            "We couldn't refund ₹472.00 to your card. We'll find another way and get in touch.",
        )

    def test_the_same_amount_given_in_the_dashboard_takes_its_place(self):
        self.in_the_dashboard(47200)
        self.deliver_all("refund.created")

        self.assert_done()
        self.assertEqual(Refund.objects.get(status="SUCCEEDED").retry_of, self.failed)

    def test_the_same_amount_given_by_staff_takes_its_place(self):
        self.give_back(47200)

        self.assert_done()
        self.assertEqual(Refund.objects.get(status="SUCCEEDED").retry_of, self.failed)

    def test_given_in_two_parts_it_needs_nobody_either(self):
        self.give_back(30000)
        self.give_back(17200)

        self.assert_done()

    def test_a_part_alone_does_not_make_the_books_true(self):
        self.give_back(30000)

        self.assertEqual(
            audit.audit(self.now), [f"Payment {self.payment()}: 30000 refunded of 47200 by the rules"]
        )


class BeforeConfirmingTests(StripeTestCase):
    def test_a_refund_that_is_imported_after_stripe_was_looked_at_leaves_no_tickets_without_money(self):
        intent = self.pay()
        looked_at = settlement.fetch_intent(self.payment())
        self.fake.ledger.create_refund({"payment_intent": intent.id})
        refunds.import_refunds(self.payment(), now=timezone.now())

        settlement.settle(intent=looked_at, now=timezone.now())

        self.assertEqual([self.status(), Ticket.objects.count()], [("PENDING", "REFUNDED"), 0])
        self.assertEqual(audit.audit(timezone.now()), [])


class DashboardTests(PaidStripeTestCase):
    def test_all_of_it_given_back_while_the_tickets_are_valid_is_one_line_at_error(self):
        self.in_the_dashboard()

        with self.assertLogs("bookings.payment_records", "ERROR") as told:
            self.deliver_all("refund.created")

        self.assertEqual([len(told.output), *self.status()], [1, "CONFIRMED", "REFUNDED"])

    def test_one_that_had_failed_by_the_time_it_is_heard_of_is_one_line_at_error(self):
        self.fail_at_the_bank(self.in_the_dashboard(5000))

        self.assertEqual(self.refunds(), [("FAILED", 5000)])


class SecondPaymentTests(PaidStripeTestCase):
    def test_the_page_says_that_it_was_a_second_one(self):
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


class WithoutListsTests(StripeTestCase):
    def test_without_lists_of_refunds_and_disputes_a_payment_is_settled_all_the_same(self):
        self.pay()
        self.fake.misbehave("GET", REFUNDS, Missing())
        self.fake.misbehave("GET", "/v1/disputes", Missing())

        done = reconciliation.reconcile(now=timezone.now())

        self.assertEqual([done["settled"], done["failed"], *self.status()], [1, 0, "CONFIRMED", "SUCCEEDED"])
