"""A payment after its booking's deadline: confirmed if all seats are free, refunded otherwise."""

from datetime import timedelta
from unittest import mock

from django.utils import timezone

from bookings import checkout, lifecycle
from bookings.models import Booking, Payment, Refund, Ticket
from bookings.money import reconciliation, settlement
from bookings.payments import provider
from bookings.refusals import HoldsUnavailable, SeatsUnavailable

from .support.invariants import assert_money_consistent, assert_seats_consistent, money_kept_for, price_of
from .support.redis_faults import lose_keys, redis_down
from .support.steps import (
    BookingTestCase,
    after,
    book,
    buy,
    hold,
    make_showtime,
    make_user,
    seats_held_by,
    stored,
)


class LatePaymentTestCase(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann, self.bob = make_showtime(), make_user(), make_user()
        self.booking = book(self.ann, self.showtime, ["A1", "A2"])
        self.late = after(self.booking)
        intent = settlement.begin_payment(booking=self.booking, now=timezone.now())
        self.paid = provider("demo").pay(intent.id)

    def settle(self, *, now=None):
        with self.captureOnCommitCallbacks(execute=True):
            return settlement.settle(intent=self.paid, now=now or self.late)

    def assert_refunded_in_full(self, *, status):
        """Assert that it is refunded in full, once, and has no ticket."""
        self.assertEqual(stored(self.booking).status_at(self.late), status)
        refunds = Refund.objects.values_list("status", "amount")
        self.assertEqual(list(refunds), [("SUCCEEDED", price_of(self.booking))])
        self.assertEqual(money_kept_for(self.booking), 0)
        self.assertFalse(Ticket.objects.filter(booking=self.booking).exists())
        assert_seats_consistent(self, self.showtime)

    def assert_confirmed(self):
        self.assertEqual(stored(self.booking).status, "CONFIRMED")
        assert_seats_consistent(self, self.showtime)
        assert_money_consistent(self, self.showtime)


class LatePaymentTests(LatePaymentTestCase):
    def test_a_late_payment_is_confirmed_if_every_seat_is_free(self):
        self.settle()

        self.assert_confirmed()

    def test_a_late_payment_is_confirmed_even_after_a_sweep_expired_its_booking(self):
        self.assertEqual(lifecycle.expire_overdue(self.late), 1)

        self.settle()

        self.assert_confirmed()

    def test_a_rivals_hold_of_one_seat_wins_over_a_late_payment(self):
        hold(self.bob, self.showtime, ["A2"], now=self.late)

        self.settle()

        self.assert_refunded_in_full(status="EXPIRED")
        self.assertEqual(seats_held_by(self.bob, self.showtime, now=self.late), ["A2"])
        self.assertEqual(hold(self.bob, self.showtime, ["A1", "A2"], now=self.late).seats, ["A1", "A2"])

    def test_a_rivals_pending_booking_wins_over_a_late_payment(self):
        rival = book(self.bob, self.showtime, ["A2"], now=self.late)

        self.settle()

        self.assert_refunded_in_full(status="EXPIRED")
        settlement.pay_demo(booking=rival, succeeds=True, now=self.late)
        self.assertEqual(stored(rival).status, "CONFIRMED")

    def test_a_rivals_pending_booking_wins_when_redis_has_lost_its_lock(self):
        book(self.bob, self.showtime, ["A2"], now=self.late)
        lose_keys()

        self.settle()

        self.assert_refunded_in_full(status="EXPIRED")

    def test_a_sweep_does_not_free_the_seats_that_a_late_payment_locked_again(self):
        settlement._retake_locks(self.booking, self.late)

        self.assertEqual(checkout.expire_overdue(now=self.late), 1)

        self.assertRaises(SeatsUnavailable, hold, self.bob, self.showtime, ["A1"], now=self.late)
        self.settle()
        self.assert_confirmed()

    def test_a_late_payment_refused_for_a_rivals_ticket_leaves_no_lock_behind(self):
        buy(self.bob, self.showtime, ["A2"], now=self.late)

        self.settle()

        self.assertEqual(hold(self.bob, self.showtime, ["A1"], now=self.late).seats, ["A1"])

    def test_a_rivals_ticket_wins_over_a_late_payment(self):
        buy(self.bob, self.showtime, ["A2"], now=self.late)

        self.settle()

        self.assert_refunded_in_full(status="EXPIRED")

    def test_a_payment_after_the_showtimes_start_is_refunded(self):
        self.settle(now=self.showtime.start_time)

        self.assert_refunded_in_full(status="EXPIRED")

    def test_a_payment_of_a_dropped_booking_is_refunded(self):
        checkout.drop_booking(booking=self.booking, now=timezone.now())

        self.settle(now=timezone.now())

        self.assert_refunded_in_full(status="FAILED")

    def test_a_refunded_late_payment_stays_refunded_when_the_seats_are_free_again(self):
        hold(self.bob, self.showtime, ["A2"], now=self.late)
        self.settle()
        checkout.release_seats(user_id=self.bob.pk, showtime_id=self.showtime.pk, now=self.late)

        self.settle()
        reconciliation.reconcile(now=self.late)

        self.assert_refunded_in_full(status="EXPIRED")

    def test_settling_a_late_payment_again_changes_nothing(self):
        self.settle()
        self.settle()

        self.assert_confirmed()
        self.assertEqual(Ticket.objects.count(), 2)

    def test_a_late_payment_refused_for_a_rivals_hold_leaves_no_lock_behind(self):
        hold(self.bob, self.showtime, ["A2"], now=self.late)

        self.settle()

        self.assertEqual(hold(make_user(), self.showtime, ["A1"], now=self.late).seats, ["A1"])


class StaleClockTests(LatePaymentTestCase):
    """`now` was read before the deadline, but the provider responded after it."""

    def setUp(self):
        super().setUp()
        self.in_time = self.booking.expires_at - timedelta(milliseconds=1)

    def test_a_rival_who_booked_at_the_deadline_wins_over_a_payment_with_an_earlier_clock(self):
        rival = book(self.bob, self.showtime, ["A2"], now=self.booking.expires_at)

        self.settle(now=self.in_time)

        self.assert_refunded_in_full(status="EXPIRED")
        self.assertTrue(stored(rival).is_payable(self.late))

    def test_a_payment_in_time_is_confirmed_even_if_a_sweep_with_a_later_clock_ran_first(self):
        lifecycle.expire_overdue(self.booking.expires_at)

        self.settle(now=self.in_time)

        self.assert_confirmed()

    def test_a_payment_in_time_is_confirmed_even_if_a_sweep_ran_just_before_its_row_lock(self):
        confirm = lifecycle.confirm

        def sweep_then_confirm(**arguments):
            lifecycle.expire_overdue(self.booking.expires_at)
            return confirm(**arguments)

        with mock.patch.object(lifecycle, "confirm", sweep_then_confirm):
            self.settle(now=self.in_time)

        self.assert_confirmed()


class LatePaymentWithoutRedisTests(LatePaymentTestCase):
    def test_a_late_payment_waits_until_redis_is_back(self):
        with redis_down(), self.assertRaises(HoldsUnavailable):
            self.settle()
        payments = Payment.objects.values_list("status", flat=True)
        self.assertEqual([list(payments), Refund.objects.count()], [["OPEN"], 0])

        self.assertEqual(reconciliation.reconcile(now=self.late)["settled"], 1)

        self.assert_confirmed()

    def test_a_payment_in_time_is_confirmed_without_redis(self):
        with redis_down():
            self.settle(now=timezone.now())

        self.assert_confirmed()


class SecondPaymentTests(LatePaymentTestCase):
    def test_a_second_payment_of_a_confirmed_booking_is_refunded(self):
        self.settle(now=timezone.now())
        second = Payment.objects.create(
            booking=self.booking, provider="demo", amount=price_of(self.booking), currency="INR"
        )
        self.paid = provider("demo").pay(settlement.fetch_intent(second).id)

        self.settle(now=timezone.now())

        self.assertEqual(stored(self.booking).status, Booking.Status.CONFIRMED)
        second.refresh_from_db()
        self.assertEqual(second.status, Payment.Status.REFUNDED)
        self.assertEqual(money_kept_for(self.booking), price_of(self.booking))
        self.assertEqual(Ticket.objects.valid().count(), 2)
