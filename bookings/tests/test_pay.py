from datetime import timedelta

from django.utils import timezone

from bookings import checkout
from bookings.models import Booking, DemoIntent, Payment, Ticket
from bookings.money import reconciliation, settlement
from moviebooking.testing import JSON, make_showtime, make_user

from .support.steps import BookingTestCase, book, buy, hold, seats_held_by, seats_json, stored


class DemoPaymentTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.booking = book(self.ann, self.showtime, ["A1", "A2"])
        self.page = f"/bookings/{self.booking.reference}/pay/"

    def pay(self, outcome="success"):
        return self.client.post(self.page, {"outcome": outcome})

    def make_overdue(self):
        Booking.objects.filter(pk=self.booking.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    def test_a_successful_payment_confirms_with_one_ticket_per_seat(self):
        response = self.pay()

        self.assertRedirects(response, f"/bookings/{self.booking.reference}/")
        booking = stored(self.booking)
        self.assertEqual(booking.status, "CONFIRMED")
        self.assertIsNotNone(booking.confirmed_at)
        self.assertEqual([ticket.seat for ticket in booking.tickets.all()], ["A1", "A2"])
        self.showtime.refresh_from_db()
        self.assertEqual(self.showtime.available_seats, 4)
        self.assertEqual(
            list(Payment.objects.values_list("status", "amount", "currency")), [("SUCCEEDED", 49560, "INR")]
        )

    def test_the_seats_of_a_paid_booking_are_booked_for_everybody(self):
        self.pay()

        for user in (self.ann, self.bob):
            self.client.force_login(user)
            answer = seats_json(self.client, self.showtime).json()
            self.assertEqual([answer[key] for key in ("booked", "held", "mine")], [["A1", "A2"], [], []])

    def test_a_failed_payment_is_final_and_frees_the_seats(self):
        response = self.pay("failure")

        self.assertRedirects(response, f"/bookings/{self.booking.reference}/")
        self.assertEqual(stored(self.booking).status, "FAILED")
        self.assertEqual(hold(self.bob, self.showtime, ["A1", "A2"]).seats, ["A1", "A2"])
        self.assertEqual(self.pay().status_code, 410)
        self.assertEqual(Ticket.objects.count(), 0)

    def test_paying_twice_charges_once(self):
        self.pay()

        again = self.pay()

        self.assertRedirects(again, f"/bookings/{self.booking.reference}/")
        self.assertEqual(
            [Payment.objects.count(), DemoIntent.objects.count(), Ticket.objects.count()], [1, 1, 2]
        )

    def test_a_failure_after_the_success_changes_nothing(self):
        self.pay()
        self.pay("failure")

        self.assertEqual(stored(self.booking).status, "CONFIRMED")

    def test_paying_after_the_deadline_is_410_and_charges_nothing(self):
        self.make_overdue()

        for response in (self.client.get(self.page), self.pay()):
            self.assertContains(response, "been charged", status_code=410)
        self.assertEqual(DemoIntent.objects.count(), 0)

    def test_a_late_payment_is_named_in_json(self):
        self.make_overdue()

        response = self.client.post(self.page, {"outcome": "success"}, headers=JSON)

        self.assertEqual((response.status_code, response.json()), (410, {"error": "booking_expired"}))

    def test_another_outcome_is_a_bad_request(self):
        for outcome in ("", "maybe", "SUCCESS"):
            self.assertEqual(self.pay(outcome).status_code, 400)
        self.assertEqual(stored(self.booking).status, "PENDING")

    def test_nobody_else_can_see_or_pay_a_booking(self):
        self.client.force_login(self.bob)

        self.assertEqual([self.client.get(self.page).status_code, self.pay().status_code], [404, 404])
        self.assertEqual(stored(self.booking).status, "PENDING")

    def test_the_price_is_taken_from_the_booking_and_not_from_the_form(self):
        self.client.post(self.page, {"outcome": "success", "amount": "1", "total_amount": "0.01"})

        self.assertEqual(DemoIntent.objects.get().amount, 49560)

    def test_the_payment_page_of_a_paid_booking_redirects_to_its_tickets(self):
        self.pay()

        self.assertRedirects(self.client.get(self.page), f"/bookings/{self.booking.reference}/")

    def test_other_methods_are_not_allowed(self):
        self.assertEqual(self.client.put(self.page).status_code, 405)


class SettlementTests(BookingTestCase):
    """Payments that come late, twice, or with a wrong amount."""

    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def late_payment(self, seats, *, now=None):
        """Return a booking that is paid at the provider but not here, and a moment past its deadline."""
        now = now or timezone.now()
        booking = book(self.ann, self.showtime, seats, now=now)
        intent = settlement.begin_payment(booking=booking, now=now)
        paid = settlement.provider("demo").pay(intent.id)
        return booking, paid, booking.expires_at + timedelta(seconds=1)

    def refunds(self):
        return list(DemoIntent.objects.values_list("amount", "refunded"))

    def test_a_late_payment_confirms_if_every_seat_is_still_free(self):
        booking, intent, later = self.late_payment(["A1", "A2"])

        settlement.settle(intent=intent, now=later)

        self.assertEqual(stored(booking).status, "CONFIRMED")
        self.assertEqual(self.refunds(), [(49560, 0)])

    def test_a_late_payment_is_refunded_if_a_seat_is_held(self):
        booking, intent, later = self.late_payment(["A1", "A2"])
        hold(self.bob, self.showtime, ["A2"], now=later)

        with self.captureOnCommitCallbacks(execute=True):
            settlement.settle(intent=intent, now=later)

        self.assertEqual(stored(booking).status, "EXPIRED")
        self.assertEqual(self.refunds(), [(49560, 49560)])
        self.assertEqual(Ticket.objects.count(), 0)
        self.assertEqual(Payment.objects.get().status, "REFUNDED")

    def test_a_refunded_payment_never_confirms_anything(self):
        booking, intent, later = self.late_payment(["A1"])
        hold(self.bob, self.showtime, ["A1"], now=later)
        with self.captureOnCommitCallbacks(execute=True):
            settlement.settle(intent=intent, now=later)

        settlement.settle(intent=intent, now=later + timedelta(hours=1))  # the rival's hold has lapsed by now

        self.assertEqual([Ticket.objects.count(), self.refunds()], [0, [(24780, 24780)]])

    def test_a_late_payment_is_refunded_if_a_seat_is_sold_or_pending(self):
        for rival in (buy, book):
            with self.subTest(rival.__name__):
                booking, intent, later = self.late_payment(["A1" if rival is buy else "A2"])
                rival(self.bob, self.showtime, booking.seats, now=later)
                with self.captureOnCommitCallbacks(execute=True):
                    settlement.settle(intent=intent, now=later)
                self.assertEqual(DemoIntent.objects.get(pk=intent.id).refunded, 24780)

    def test_a_payment_after_the_start_is_refunded(self):
        booking, intent, _ = self.late_payment(["A1"])

        with self.captureOnCommitCallbacks(execute=True):
            settlement.settle(intent=intent, now=self.showtime.start_time)

        self.assertEqual(self.refunds(), [(24780, 24780)])

    def test_a_payment_for_a_dropped_booking_is_refunded(self):
        from bookings import checkout

        booking, intent, _ = self.late_payment(["A1"])
        checkout.drop_booking(booking=booking, now=timezone.now())

        with self.captureOnCommitCallbacks(execute=True):
            settlement.settle(intent=intent, now=timezone.now())

        self.assertEqual([stored(booking).status, self.refunds()], ["FAILED", [(24780, 24780)]])

    def test_settling_again_changes_nothing(self):
        booking, intent, _ = self.late_payment(["A1"])
        now = timezone.now()

        for _ in range(3):
            settlement.settle(intent=intent, now=now)

        self.assertEqual([Ticket.objects.count(), self.refunds()], [1, [(24780, 0)]])

    def test_a_wrong_amount_confirms_nothing_and_needs_attention(self):
        from dataclasses import replace

        for wrong in ({"received": 1}, {"currency": "USD"}, {"reference": "OTHER"}, {"livemode": True}):
            with self.subTest(wrong):
                booking, intent, _ = self.late_payment(["A1"])
                with self.assertLogs("bookings.payment_records", "ERROR"):
                    settlement.settle(intent=replace(intent, **wrong), now=timezone.now())
                self.assertEqual(Payment.objects.get(booking=booking).status, "MISMATCH")
                self.assertEqual(stored(booking).status, "PENDING")
                checkout.drop_booking(booking=booking, now=timezone.now())
        self.assertEqual(Ticket.objects.count(), 0)

    def test_reconcile_confirms_a_payment_after_a_crash(self):
        booking, intent, _ = self.late_payment(["A1"])

        done = reconciliation.reconcile(now=timezone.now())

        self.assertEqual(done, {"settled": 1, "open": 0, "refunded": 0, "events": 0, "failed": 0})
        self.assertEqual(stored(booking).status, "CONFIRMED")

    def test_reconcile_withdraws_payments_that_were_not_paid_in_time(self):
        now = timezone.now()
        booking = book(self.ann, self.showtime, ["A1"], now=now)
        settlement.begin_payment(booking=booking, now=now)

        reconciliation.reconcile(now=booking.expires_at)

        self.assertEqual(DemoIntent.objects.get().status, "canceled")
        self.assertEqual([stored(booking).status, Payment.objects.get().status], ["EXPIRED", "CANCELED"])

    def test_reconcile_makes_an_owed_refund_after_a_crash(self):
        booking, intent, later = self.late_payment(["A1"])
        hold(self.bob, self.showtime, ["A1"], now=later)
        settlement.settle(intent=intent, now=later)  # the process dies before the task runs
        self.assertEqual(self.refunds(), [(24780, 0)])

        done = reconciliation.reconcile(now=later)
        reconciliation.reconcile(now=later)

        self.assertEqual(done["refunded"], 1)
        self.assertEqual(self.refunds(), [(24780, 24780)])

    def test_a_late_payers_own_new_hold_does_not_block_the_payment(self):
        booking, intent, later = self.late_payment(["A1", "A2"])
        hold(self.ann, self.showtime, ["A2", "A3"], now=later)

        settlement.settle(intent=intent, now=later)

        self.assertEqual([stored(booking).status, self.refunds()], ["CONFIRMED", [(49560, 0)]])
        self.assertEqual(seats_held_by(self.ann, self.showtime, now=later), ["A3"])
