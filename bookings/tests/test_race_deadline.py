"""At a booking's deadline, its payment, the sweep and another visitor race for the seat."""

from datetime import timedelta
from functools import partial
from threading import Event

from django.db import connection, transaction
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Booking, Payment, Ticket
from bookings.money import reconciliation, settlement
from bookings.payments import provider
from moviebooking.testing import make_movie, make_screen

from .support.invariants import assert_money_consistent, assert_seats_consistent
from .support.races import make_rivals, on_real_servers, race
from .support.steps import CommittedBookingTestCase, after, book, buy, make_showtime, stored

ROUNDS = 50
ONE_MILLISECOND = timedelta(milliseconds=1)


@on_real_servers
class DeadlineRaceTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.ann, self.bob = make_rivals(2)
        self.movie, self.screen = make_movie(), make_screen("SS")

    def make_booking(self):
        showtime = make_showtime(movie=self.movie, screen=self.screen)
        booking = book(self.ann, showtime, ["A1"], now=timezone.now())
        return showtime, booking, booking.expires_at

    def assert_settled(self, showtime, deadline):
        """Run the sweeps and assert that nothing is left open and all rows are consistent."""
        lifecycle.expire_overdue(deadline + timedelta(seconds=1))
        reconciliation.reconcile(now=deadline + timedelta(seconds=1))
        self.assertFalse(Payment.objects.filter(status=Payment.Status.OPEN).exists())
        assert_seats_consistent(self, showtime)
        assert_money_consistent(self, showtime)

    def test_a_payment_racing_the_sweep_and_a_rival_sells_the_seat_exactly_once(self):
        for _ in range(ROUNDS):
            showtime, booking, deadline = self.make_booking()

            race(
                partial(settlement.pay_demo, booking=booking, succeeds=True, now=deadline - ONE_MILLISECOND),
                partial(lifecycle.expire_overdue, deadline),
                partial(buy, self.bob, showtime, ["A1"], now=deadline),
            )

            self.assert_settled(showtime, deadline)
            self.assertEqual(Ticket.objects.valid().filter(showtime=showtime).count(), 1)

    def test_a_payment_in_time_racing_only_the_sweep_is_never_refunded(self):
        for _ in range(ROUNDS // 5):
            showtime, booking, deadline = self.make_booking()

            race(
                partial(settlement.pay_demo, booking=booking, succeeds=True, now=deadline - ONE_MILLISECOND),
                partial(lifecycle.expire_overdue, deadline),
            )

            self.assert_settled(showtime, deadline)
            booking.refresh_from_db()
            paid = booking.payments.filter(status=Payment.Status.SUCCEEDED).exists()
            self.assertEqual(booking.status, "CONFIRMED" if paid else "EXPIRED")
            self.assertEqual(booking.payments.filter(status=Payment.Status.REFUNDED).count(), 0)

    def test_a_late_payment_settled_many_times_while_a_rival_buys_sells_the_seat_once(self):
        """Webhook, return page and reconciliation at once, after the deadline."""
        for _ in range(ROUNDS // 5):
            showtime, booking, deadline = self.make_booking()
            intent = settlement.begin_payment(booking=booking, now=deadline - ONE_MILLISECOND)
            paid = provider("demo").pay(intent.id)

            race(
                *[partial(settlement.settle, intent=paid, now=deadline + ONE_MILLISECOND)] * 3,
                partial(reconciliation.reconcile, now=deadline + ONE_MILLISECOND),
                partial(buy, self.bob, showtime, ["A1"], now=deadline + ONE_MILLISECOND),
            )

            self.assert_settled(showtime, deadline)
            self.assertEqual(Booking.objects.filter(showtime=showtime, status="CONFIRMED").count(), 1)


@on_real_servers
class SweepDuringConfirmTests(CommittedBookingTestCase):
    """A sweep with a later clock runs while the booking is confirmed but not committed."""

    def setUp(self):
        super().setUp()
        self.booking = book(make_rivals(1)[0], make_showtime(), ["A1"])
        self.late, self.confirmed = after(self.booking), Event()
        self.payment = lifecycle.open_payment(
            booking_id=self.booking.pk, provider="demo", amount=24780, now=self.booking.created_at
        )

    def confirm_and_wait_for_the_sweep(self):
        with transaction.atomic():
            lifecycle.confirm(payment_id=self.payment.pk, now=self.booking.created_at)
            self.confirmed.set()
            self.assertTrue(wait_for_blocked_rival())

    def sweep(self):
        self.confirmed.wait(20)
        return lifecycle.expire_overdue(self.late)

    def test_the_sweep_waits_for_the_confirmation_and_leaves_the_booking_confirmed(self):
        outcomes = race(self.confirm_and_wait_for_the_sweep, self.sweep)

        self.assertEqual([outcomes, stored(self.booking).status], [[None, 0], "CONFIRMED"])


def wait_for_blocked_rival():
    """Return whether, within ten seconds, another connection waits for a row that this one has locked."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(
                "SELECT pg_sleep(0.02), count(*) FROM pg_stat_activity"
                " WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[1]:
                return True
    return False
