"""How a booking ends without tickets, or gives them up: failed, closed, cancelled, dropped."""

from datetime import timedelta

from bookings import lifecycle, payment_records
from bookings.models import Payment, Ticket
from bookings.refusals import NotCancellable, PaymentWasTaken

from .support.invariants import price_of
from .support.steps import book, buy, make_showtime, stored
from .test_lifecycle import LifecycleTestCase


class FailedTests(LifecycleTestCase):
    def fail(self, now):
        return lifecycle.fail_payment(payment_id=self.payment.pk, now=now).status

    def test_a_live_booking_is_failed_and_an_overdue_one_expired(self):
        self.assertEqual(self.fail(self.now), "FAILED")
        self.booking = book(self.ann, self.showtime, ["A3"], now=self.now)
        self.payment = self.open_payment(self.booking)
        self.assertEqual(self.fail(self.booking.expires_at), "EXPIRED")

    def test_after_confirming_it_changes_nothing(self):
        self.confirm()
        before = self.everything()

        self.fail(self.late)

        self.assertEqual(self.everything(), before)

    def test_money_that_has_come_keeps_the_payment_for_a_person(self):
        payment_records.flag_for_staff(payment_id=self.payment.pk, remark="Too little", received=1)
        before = self.everything()

        self.fail(self.late)

        self.assertEqual(self.everything(), before)

    def test_it_withdraws_its_own_payment_alone(self):
        other = self.open_payment(book(self.bob, self.showtime, ["A3"], now=self.now))

        self.fail(self.now)

        other.refresh_from_db()
        self.assertEqual(other.status, "OPEN")


class CloseUnpaidTests(LifecycleTestCase):
    def close(self, now):
        lifecycle.close_unpaid(payment_id=self.payment.pk, now=now)
        self.payment.refresh_from_db()
        return self.payment.status, stored(self.booking).status

    def test_past_the_deadline_it_withdraws_the_payment_and_expires_the_booking(self):
        self.assertEqual(self.close(self.late), ("CANCELED", "EXPIRED"))

    def test_while_the_booking_can_be_paid_it_is_refused(self):
        self.assert_refused(PaymentWasTaken, lambda: self.close(self.now))

    def test_with_money_received_or_tickets_given_it_is_refused(self):
        payment_records.flag_for_staff(payment_id=self.payment.pk, remark="Too little", received=1)
        self.assert_refused(PaymentWasTaken, lambda: self.close(self.late))
        self.confirm()
        self.assert_refused(PaymentWasTaken, lambda: self.close(self.late))

    def test_a_second_time_changes_nothing(self):
        self.close(self.late)
        before = self.everything()

        self.close(self.late + timedelta(hours=1))

        self.assertEqual(self.everything(), before)


class CancelTests(LifecycleTestCase):
    def setUp(self):
        super().setUp()
        self.confirm()
        self.booking.refresh_from_db()

    def test_it_voids_the_tickets_frees_the_seats_and_keeps_the_percent(self):
        booking, refund = self.cancel(self.booking)

        self.showtime.refresh_from_db()
        self.assertEqual(
            [booking.cancelled_at, booking.refund_percent, refund.amount, self.showtime.available_seats],
            [self.now, 50, 100, 6],
        )
        self.assertEqual(set(Ticket.objects.values_list("voided_at", flat=True)), {self.now})

    def test_exactly_at_the_start_it_is_refused_and_a_moment_before_it_is_not(self):
        start = self.showtime.start_time

        self.assert_refused(NotCancellable, lambda: self.cancel(self.booking, start))

        booking, _ = self.cancel(self.booking, start - timedelta(microseconds=1))
        self.assertEqual(booking.status, "CANCELLED")

    def cancel_for_cinema(self):
        return lifecycle.cancel_for_cinema(booking_id=self.booking.pk, now=self.now, reason="A test")[1]

    def test_the_money_comes_from_the_payment_that_bought_the_tickets(self):
        """Not from a later one, which has gone back long ago."""
        Payment.objects.create(
            booking=self.booking, provider="demo", amount=1, received=1, currency="INR", status="REFUNDED"
        )

        refund = self.cancel_for_cinema()

        self.assertEqual([refund.payment, refund.amount], [self.payment, price_of(self.booking)])

    def test_where_the_money_has_gone_back_already_the_cinema_owes_nothing(self):
        Payment.objects.update(status="REFUNDED")

        self.assertIsNone(self.cancel_for_cinema())

        self.assertEqual([stored(self.booking).status, Ticket.objects.valid().count()], ["CANCELLED", 0])

    def test_what_is_not_confirmed_can_not_be_cancelled_by_anybody(self):
        waiting = book(self.bob, self.showtime, ["A3"], now=self.now)

        self.assert_refused(NotCancellable, lambda: self.cancel(waiting))
        self.assert_refused(
            NotCancellable,
            lambda: lifecycle.cancel_for_cinema(booking_id=waiting.pk, now=self.now, reason="A test"),
        )


class DropTests(LifecycleTestCase):
    def drop(self):
        return lifecycle.drop(booking_id=self.booking.pk, now=self.now)

    def test_a_live_one_is_failed(self):
        self.assertEqual(self.drop().status, "FAILED")

    def test_at_its_deadline_it_can_not_be_dropped_any_more(self):
        self.now = self.booking.expires_at

        self.assert_refused(NotCancellable, self.drop)

    def test_a_confirmed_one_can_not_be_dropped(self):
        self.confirm()

        self.assert_refused(NotCancellable, self.drop)


class CloseShowtimeTests(LifecycleTestCase):
    def test_it_gives_up_what_waits_for_this_showtime_and_nothing_else(self):
        elsewhere = book(self.bob, make_showtime(), ["A1"], now=self.now)
        paid = buy(self.bob, self.showtime, ["A3"], now=self.now)

        given_up = lifecycle.cancel_sales(showtime_id=self.showtime.pk, now=self.now)

        self.assertEqual(given_up, [self.booking])
        self.assertEqual(
            [stored(one).status for one in (self.booking, elsewhere, paid)],
            ["FAILED", "PENDING", "CONFIRMED"],
        )

    def test_again_it_keeps_the_first_moment(self):
        for minutes in (0, 5):
            lifecycle.cancel_sales(showtime_id=self.showtime.pk, now=self.now + timedelta(minutes=minutes))

        self.showtime.refresh_from_db()
        self.assertEqual(self.showtime.cancelled_at, self.now)
