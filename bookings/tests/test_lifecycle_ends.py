"""Bookings end as failed, closed, cancelled or dropped."""

from datetime import timedelta

from bookings import lifecycle, payment_records
from bookings.models import Payment, Ticket
from bookings.refusals import NotCancellable, PaymentWasTaken

from .support.invariants import price_of
from .support.steps import book, buy, make_showtime, stored
from .test_lifecycle import LifecycleTestCase


class FailPaymentTests(LifecycleTestCase):
    def fail_payment(self, now):
        return lifecycle.fail_payment(payment_id=self.payment.pk, now=now).status

    def test_a_failed_payment_fails_a_payable_booking_and_expires_an_overdue_one(self):
        self.assertEqual(self.fail_payment(self.now), "FAILED")
        self.booking = book(self.ann, self.showtime, ["A3"], now=self.now)
        self.payment = self.open_payment(self.booking)
        self.assertEqual(self.fail_payment(self.booking.expires_at), "EXPIRED")

    def test_a_failure_after_confirmation_changes_nothing(self):
        self.confirm()
        before = self.everything()

        self.fail_payment(self.late)

        self.assertEqual(self.everything(), before)

    def test_a_payment_that_received_money_stays_for_staff(self):
        payment_records.flag_for_staff(payment_id=self.payment.pk, remark="Too little", received=1)
        before = self.everything()

        self.fail_payment(self.late)

        self.assertEqual(self.everything(), before)

    def test_only_the_failed_payment_is_cancelled(self):
        other = self.open_payment(book(self.bob, self.showtime, ["A3"], now=self.now))

        self.fail_payment(self.now)

        other.refresh_from_db()
        self.assertEqual(other.status, "OPEN")


class CloseUnpaidTests(LifecycleTestCase):
    def close(self, now):
        lifecycle.close_unpaid(payment_id=self.payment.pk, now=now)
        self.payment.refresh_from_db()
        return self.payment.status, stored(self.booking).status

    def test_closing_an_overdue_booking_cancels_the_payment_and_expires_it(self):
        self.assertEqual(self.close(self.late), ("CANCELED", "EXPIRED"))

    def test_a_payable_booking_cannot_be_closed(self):
        self.assert_refused(PaymentWasTaken, lambda: self.close(self.now))

    def test_a_payment_with_money_or_tickets_cannot_be_closed(self):
        payment_records.flag_for_staff(payment_id=self.payment.pk, remark="Too little", received=1)
        self.assert_refused(PaymentWasTaken, lambda: self.close(self.late))
        self.confirm()
        self.assert_refused(PaymentWasTaken, lambda: self.close(self.late))

    def test_a_second_time_changes_nothing(self):
        self.close(self.late)
        before = self.everything()

        self.close(self.late + timedelta(hours=1))

        self.assertEqual(self.everything(), before)


class CancelBookingTests(LifecycleTestCase):
    def setUp(self):
        super().setUp()
        self.confirm()
        self.booking.refresh_from_db()

    def test_cancelling_voids_tickets_frees_seats_and_stores_the_percentage(self):
        booking, refund = self.cancel(self.booking)

        self.showtime.refresh_from_db()
        self.assertEqual(
            [booking.cancelled_at, booking.refund_percent, refund.amount, self.showtime.available_seats],
            [self.now, 50, 100, 6],
        )
        self.assertEqual(set(Ticket.objects.values_list("voided_at", flat=True)), {self.now})

    def test_cancelling_is_possible_until_just_before_the_start(self):
        start = self.showtime.start_time

        self.assert_refused(NotCancellable, lambda: self.cancel(self.booking, start))

        booking, _ = self.cancel(self.booking, start - timedelta(microseconds=1))
        self.assertEqual(booking.status, "CANCELLED")

    def cancel_for_cinema(self):
        return lifecycle.cancel_for_cinema(booking_id=self.booking.pk, now=self.now, reason="A test")[1]

    def test_the_refund_is_made_from_the_payment_that_bought_the_tickets(self):
        """Not from a later payment, which was refunded before."""
        Payment.objects.create(
            booking=self.booking, provider="demo", amount=1, received=1, currency="INR", status="REFUNDED"
        )

        refund = self.cancel_for_cinema()

        self.assertEqual([refund.payment, refund.amount], [self.payment, price_of(self.booking)])

    def test_a_payment_refunded_already_owes_nothing_more(self):
        Payment.objects.update(status="REFUNDED")

        self.assertIsNone(self.cancel_for_cinema())

        self.assertEqual([stored(self.booking).status, Ticket.objects.valid().count()], ["CANCELLED", 0])

    def test_only_confirmed_bookings_can_be_cancelled(self):
        waiting = book(self.bob, self.showtime, ["A3"], now=self.now)

        self.assert_refused(NotCancellable, lambda: self.cancel(waiting))
        self.assert_refused(
            NotCancellable,
            lambda: lifecycle.cancel_for_cinema(booking_id=waiting.pk, now=self.now, reason="A test"),
        )


class DropBookingTests(LifecycleTestCase):
    def drop(self):
        return lifecycle.drop(booking_id=self.booking.pk, now=self.now)

    def test_dropping_a_payable_booking_fails_it(self):
        self.assertEqual(self.drop().status, "FAILED")

    def test_an_overdue_booking_cannot_be_dropped(self):
        self.now = self.booking.expires_at

        self.assert_refused(NotCancellable, self.drop)

    def test_a_confirmed_booking_cannot_be_dropped(self):
        self.confirm()

        self.assert_refused(NotCancellable, self.drop)


class CancelShowtimeSalesTests(LifecycleTestCase):
    def test_cancelling_sales_fails_the_payable_bookings_of_that_showtime_only(self):
        elsewhere = book(self.bob, make_showtime(), ["A1"], now=self.now)
        paid = buy(self.bob, self.showtime, ["A3"], now=self.now)

        given_up = lifecycle.cancel_sales(showtime_id=self.showtime.pk, now=self.now)

        self.assertEqual(given_up, [self.booking])
        self.assertEqual(
            [stored(one).status for one in (self.booking, elsewhere, paid)],
            ["FAILED", "PENDING", "CONFIRMED"],
        )

    def test_cancelling_sales_again_keeps_the_first_time(self):
        for minutes in (0, 5):
            lifecycle.cancel_sales(showtime_id=self.showtime.pk, now=self.now + timedelta(minutes=minutes))

        self.showtime.refresh_from_db()
        self.assertEqual(self.showtime.cancelled_at, self.now)
