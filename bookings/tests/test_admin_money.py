"""Staff and money: reading, searching, giving back, asking again, and the page of what needs a person."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from bookings import payment_records
from bookings.models import Booking, Payment, PaymentEvent, Refund, Ticket
from bookings.money import refunds
from moviebooking.testing import make_user
from theaters.models import Showtime

from .support.steps import buy, stored
from .support.stripe_site import PRICE, StripeTestCase

NOTHING = "All clear."


class AdminMoneyTestCase(StripeTestCase):
    def setUp(self):
        super().setUp()
        self.staff = make_user("staff", is_staff=True, is_superuser=True)
        self.client.force_login(self.staff)
        self.pay()
        self.deliver_all("payment_intent.succeeded")

    def page(self, model, action="changelist", *args):
        return reverse(f"admin:bookings_{model}_{action}", args=args)

    def act(self, model, action, *rows, **more):
        data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
        where = reverse("admin:theaters_showtime_changelist") if model == "showtime" else self.page(model)
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(where, data, follow=True)

    def needs_attention(self):
        return self.client.get(reverse("admin:bookings_needs_attention"))

    def failed_refund(self):
        refund = refunds.refund_payment(payment=self.payment(), amount=5000, reason="", now=timezone.now())
        with self.assertLogs("bookings.payment_records", "ERROR"):
            payment_records.record_refund_status(
                refund_id=refund.pk, status=Refund.Status.FAILED, now=timezone.now()
            )
        refund.refresh_from_db()
        return refund


class MoneyAdminPageTests(AdminMoneyTestCase):
    def test_payments_refunds_and_events_are_found_by_reference_and_by_the_providers_id(self):
        self.failed_refund()
        intent_id = self.payment().intent_id
        for model in ("payment", "refund", "paymentevent"):
            for term in (self.booking.reference, intent_id):
                with self.subTest(model, term=term):
                    found = self.client.get(self.page(model), {"q": term})
                    self.assertEqual(found.context["cl"].result_count, 1)
                    nothing = self.client.get(self.page(model), {"q": "somebody-else"})
                    self.assertEqual(nothing.context["cl"].result_count, 0)

    def test_each_has_a_page_that_changes_nothing(self):
        self.failed_refund()
        rows = {
            "payment": self.payment(),
            "refund": Refund.objects.get(),
            "paymentevent": PaymentEvent.objects.get(),
        }
        for model, row in rows.items():
            with self.subTest(model):
                self.assertContains(self.client.get(self.page(model, "change", row.pk)), str(row))
                posts = [
                    self.client.post(self.page(model, "change", row.pk), {"status": "REFUNDED"}),
                    self.client.post(self.page(model, "delete", row.pk), {"post": "yes"}),
                    self.client.get(self.page(model, "add")),
                ]
                self.assertEqual([answer.status_code for answer in posts], [403] * 3)

    def test_amounts_are_printed_as_money(self):
        self.assertContains(self.client.get(self.page("payment")), "₹495.60")

    def test_the_lists_cost_the_same_for_one_and_for_three(self):
        for seats in (["A3"], ["A4"], ["A5"]):
            with self.settings(PAYMENT_PROVIDER="demo"):
                buy(self.ann, self.showtime, seats)
            if seats != ["A4"]:
                with self.assertNumQueries(4):
                    self.client.get(self.page("payment"))


class AdminRefundTests(AdminMoneyTestCase):
    def refund_page(self):
        return self.page("payment", "refund", self.payment().pk)

    def send(self, amount, left=PRICE):
        data = {"amount": amount, "reason": "Broken seat", "left": left}
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(self.refund_page(), data, follow=True)

    def test_the_action_leads_to_a_page_that_asks_for_the_amount(self):
        response = self.act("payment", "refund_payment", self.payment())

        self.assertRedirects(response, self.refund_page())
        self.assertContains(response, 'value="495.60"')

    def test_the_form_offers_all_that_is_left_to_refund(self):
        self.send("95.60")

        self.assertContains(self.client.get(self.refund_page()), 'value="400.00"')

    def test_the_amount_is_refunded_with_the_reason_and_the_staff_name(self):
        response = self.send("100")

        self.assertContains(response, "The refund of ₹100.00 is on its way.")
        self.assertEqual(
            list(Refund.objects.values_list("status", "amount", "reason")),
            [("SUCCEEDED", 10000, "Broken seat (staff)")],
        )
        self.assertEqual(self.refunded_and_kept(), (10000, PRICE - 10000))

    def test_the_same_form_sent_twice_refunds_once(self):
        self.send("100")

        self.assertContains(self.send("100"), "Something was refunded meanwhile.")
        self.assertEqual(Refund.objects.count(), 1)

    def test_an_invalid_amount_is_refused(self):
        for amount in ("495.61", "0", "-1", "1.001", "", "a lot"):
            with self.subTest(amount):
                self.assertContains(self.send(amount), "errorlist")
        self.assertEqual(Refund.objects.count(), 0)

    def test_a_disputed_payment_is_refused_with_a_sentence(self):
        Payment.objects.update(disputed_at=timezone.now())

        self.assertContains(self.send("100"), "That much can’t be refunded for this payment.")

    def test_a_failed_refund_can_be_retried(self):
        failed = self.failed_refund()

        self.assertContains(self.act("refund", "retry", failed), "Retried: 1.")
        self.assertContains(self.act("refund", "retry", failed), "That much can’t be refunded")

        self.assertEqual(failed.retry.status, "SUCCEEDED")
        self.assertEqual(self.refunded_and_kept(), (5000, PRICE - 5000))

    def test_a_failed_refund_can_be_marked_as_refunded_manually(self):
        failed = self.failed_refund()

        self.act("refund", "mark_as_refunded", failed)

        self.assertEqual(
            [failed.retry.status, failed.retry.reason], ["SUCCEEDED", "Refunded manually (staff)"]
        )
        self.assertEqual(self.fake.ledger.refunds, {})

    def test_a_payment_can_be_checked_with_the_provider(self):
        Ticket.objects.update(voided_at=timezone.now())
        Booking.objects.update(status="PENDING")
        Payment.objects.update(status="OPEN")

        response = self.act("payment", "reconcile", self.payment())

        self.assertContains(response, "Checked: 1.")
        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))

    def test_a_booking_is_cancelled_and_refunded_after_a_confirmation(self):
        asked = self.act("booking", "cancel_bookings", self.booking)
        self.assertContains(asked, "Cancel these bookings?")
        self.assertEqual(stored(self.booking).status, "CONFIRMED")

        self.act("booking", "cancel_bookings", self.booking, sure="yes")

        self.assertEqual([self.status(), self.refunded_and_kept()], [("CANCELLED", "REFUNDED"), (PRICE, 0)])


class ClosePaymentTests(AdminMoneyTestCase):
    """A payment that the provider does not know can't stay on the list for ever."""

    def setUp(self):
        super().setUp()
        self.deadline = timezone.now() - timedelta(hours=7)
        Ticket.objects.update(voided_at=timezone.now())
        Booking.objects.update(status="EXPIRED", expires_at=self.deadline)
        Payment.objects.update(status="MISMATCH", received=0, note="The provider does not know this payment")

    def test_a_closed_payment_needs_no_attention(self):
        self.act("payment", "close_unpaid", self.payment())

        self.assertEqual(self.status(), ("EXPIRED", "CANCELED"))
        self.assertContains(self.needs_attention(), NOTHING)

    def test_a_payment_that_may_have_money_can_not_be_closed(self):
        refused = "Money was received for this payment, or may still be."
        Payment.objects.update(received=PRICE)
        self.assertContains(self.act("payment", "close_unpaid", self.payment()), refused)
        Payment.objects.update(received=0)
        Booking.objects.update(status="PENDING", expires_at=self.late)
        self.assertContains(self.act("payment", "close_unpaid", self.payment()), refused)

        self.assertEqual(self.status(), ("PENDING", "MISMATCH"))


class MoneyPermissionTests(AdminMoneyTestCase):
    """Staff without the permission to act, and visitors."""

    def setUp(self):
        super().setUp()
        self.reader = make_user("reader", is_staff=True)
        names = [f"view_{model}" for model in ("payment", "refund", "booking", "paymentevent", "showtime")]
        self.reader.user_permissions.set(Permission.objects.filter(codename__in=[*names, "change_showtime"]))
        self.client.force_login(self.reader)

    def test_staff_without_permission_see_lists_without_actions(self):
        page = self.client.get(self.page("payment"))

        self.assertContains(page, self.booking.reference)
        self.assertNotContains(page, 'value="refund_payment"')

    def test_staff_without_permission_can_run_no_action(self):
        failed = self.failed_refund()
        self.act("refund", "retry", failed)
        self.act("payment", "reconcile", self.payment())
        self.act("booking", "cancel_bookings", self.booking, sure="yes")
        self.act("showtime", "cancel_and_refund", self.showtime, sure="yes")

        self.assertEqual(self.client.get(self.page("payment", "refund", self.payment().pk)).status_code, 403)
        self.assertEqual([Refund.objects.count(), stored(self.booking).status], [1, "CONFIRMED"])
        self.assertIsNone(Showtime.objects.get(pk=self.showtime.pk).cancelled_at)

    def test_the_page_of_what_needs_attention_is_for_those_who_see_payments(self):
        self.assertContains(self.needs_attention(), NOTHING)

        self.reader.user_permissions.clear()
        self.assertEqual(self.needs_attention().status_code, 403)

    def test_visitors_are_sent_to_the_login(self):
        self.client.force_login(self.ann)

        self.assertEqual(self.needs_attention().status_code, 302)


class AdminCancelShowtimeTests(AdminMoneyTestCase):
    def test_the_page_says_how_many_bookings_and_how_much_money(self):
        asked = self.act("showtime", "cancel_and_refund", self.showtime)

        self.assertContains(asked, "1 paid booking will be cancelled.")
        self.assertContains(asked, "₹495.60 will be refunded: everything that was paid, including fees.")
        self.assertContains(asked, "0 unpaid bookings will be cancelled.")
        self.assertEqual(stored(self.booking).status, "CONFIRMED")

    def test_cancelling_a_showtime_refunds_everybody_after_a_confirmation(self):
        response = self.act("showtime", "cancel_and_refund", self.showtime, sure="yes")

        self.assertContains(response, "Cancelled, with refunds on their way: 1.")
        self.assertEqual([self.status(), self.refunded_and_kept()], [("CANCELLED", "REFUNDED"), (PRICE, 0)])
        self.assertIsNotNone(Showtime.objects.get(pk=self.showtime.pk).cancelled_at)


class NeedsAttentionTests(AdminMoneyTestCase):
    def assert_listed(self, title):
        page = self.needs_attention()
        self.assertContains(page, title)
        self.assertContains(page, self.booking.reference)
        self.assertNotContains(page, NOTHING)

    def test_an_empty_page_says_that_nothing_needs_attention(self):
        self.assertContains(self.needs_attention(), NOTHING)

    def test_the_page_is_linked_from_payments_and_from_the_admins_index(self):
        for page in (self.page("payment"), reverse("admin:index")):
            self.assertContains(self.client.get(page), reverse("admin:bookings_needs_attention"))

    def test_a_wrong_amount_needs_attention(self):
        Payment.objects.update(status="MISMATCH")

        self.assert_listed("Payments that don’t match their booking")

    def test_a_failed_refund_needs_attention_until_it_is_replaced(self):
        failed = self.failed_refund()
        self.assert_listed("Failed refunds")

        self.act("refund", "mark_as_refunded", failed)

        self.assertContains(self.needs_attention(), NOTHING)

    def test_an_open_dispute_needs_attention_until_it_is_closed(self):
        Payment.objects.update(disputed_at=timezone.now())
        self.assert_listed("Open disputes")

        Payment.objects.update(disputed_at=None)

        self.assertContains(self.needs_attention(), NOTHING)

    def test_refunded_tickets_need_attention_until_they_are_void(self):
        Payment.objects.update(status="TAKEN_BACK")
        self.assert_listed("Refunded tickets still valid")

        self.act("booking", "cancel_bookings", self.booking, sure="yes")

        self.assertContains(self.needs_attention(), NOTHING)

    def test_money_owed_after_a_won_dispute_needs_attention(self):
        Payment.objects.update(disputed_at=timezone.now())
        refunds.cancel_showtime(showtime=self.showtime, now=timezone.now())
        Payment.objects.update(disputed_at=None)

        self.assert_listed("Refunds not started")

    def test_a_pending_refund_needs_no_attention(self):
        self.fake.ledger.status_of_new_refunds = "pending"
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_showtime(showtime=self.showtime, now=timezone.now())

        self.assertEqual(Refund.objects.get().status, "PENDING")
        self.assertContains(self.needs_attention(), NOTHING)

    def test_a_refund_that_stripe_refuses_for_hours_needs_attention(self):
        refund = refunds.refund_payment(payment=self.payment(), amount=5000, reason="", now=timezone.now())
        self.assertContains(self.needs_attention(), NOTHING)
        Refund.objects.filter(pk=refund.pk).update(created_at=timezone.now() - timedelta(hours=7))

        self.assert_listed("Unfinished refunds")

        refunds.make_refund.call(refund.pk)
        self.assertContains(self.needs_attention(), NOTHING)

    def test_a_refund_pending_for_a_month_needs_attention(self):
        refund = refunds.refund_payment(payment=self.payment(), amount=5000, reason="", now=timezone.now())
        Refund.objects.filter(pk=refund.pk).update(
            status="PENDING", created_at=timezone.now() - timedelta(days=31)
        )

        self.assert_listed("Unfinished refunds")

    def test_an_undecided_payment_needs_attention(self):
        Payment.objects.update(status="OPEN")
        Booking.objects.update(status="EXPIRED", expires_at=timezone.now() - timedelta(hours=7))

        self.assert_listed("Payments without a result")
