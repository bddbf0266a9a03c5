"""Compare the site with a small model of a showtime.

Visitors, the clock, sweeps, Redis failures and late payments act in any order.
"""

from contextlib import ExitStack
from datetime import timedelta

from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings import checkout, lifecycle, refusals
from bookings.models import Booking, Payment
from bookings.money import reconciliation, refunds, settlement
from bookings.payments import provider
from bookings.seats import live_map
from moviebooking.testing import make_movie, make_screen

from .support.cinema_model import Cinema
from .support.invariants import assert_money_consistent, assert_seats_consistent
from .support.redis_faults import lose_keys, lose_map, redis_down
from .support.steps import CommittedBookingTestCase, hold, make_showtime, make_user, start_booking

SEATS = ["A1", "A2", "A3", "A4"]
visitors = st.integers(0, 2)
choices = st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True)


class ShowtimeMachine(RuleBasedStateMachine):
    orders = Bundle("orders")

    def __init__(self, case):
        super().__init__()
        self.case, self.faults = case, ExitStack()
        self.showtime = make_showtime(movie=case.movie, screen=case.screen, starts_in=timedelta(days=7))
        self.model = Cinema(now=timezone.now().replace(microsecond=0))

    # --- visitors ---------------------------------------------------------------------------------------

    @rule(visitor=visitors, seats=choices)
    def hold(self, visitor, seats):
        model, user = self.model, self.case.users[visitor]
        taken = model.unavailable_to(visitor, seats)
        if not model.redis:
            return self.refused(refusals.HoldsUnavailable, hold, user, self.showtime, seats, now=model.now)
        if taken:
            with self.case.assertRaises(refusals.SeatsUnavailable) as refused:
                hold(user, self.showtime, seats, now=model.now)
            return self.case.assertEqual(refused.exception.seats, taken)
        held = hold(user, self.showtime, seats, now=model.now)
        self.case.assertEqual((held.seats, held.expires_at), (sorted(seats), model.hold(visitor, seats)))

    @rule(visitor=visitors)
    def release(self, visitor):
        wanted = {
            "user_id": self.case.users[visitor].pk,
            "showtime_id": self.showtime.pk,
            "now": self.model.now,
        }
        if not self.model.redis:
            return self.refused(refusals.HoldsUnavailable, checkout.release_seats, **wanted)
        checkout.release_seats(**wanted)
        self.model.free(visitor)

    @rule(target=orders, visitor=visitors, choice=choices, part=st.booleans())
    def book(self, visitor, choice, part):
        """Book all held seats or one of them. A visitor without a hold tries to hold some seats first."""
        model = self.model
        if not model.held_by(visitor):
            self.hold(visitor, choice)
        held = model.held_by(visitor)
        seats = (held[:1] if part else held) or sorted(choice)
        if refusal := self.expected_refusal(visitor, held):
            self.refused(refusal, self.start_booking, visitor, seats)
            return multiple()
        booking = self.start_booking(visitor, seats)
        order = model.book(visitor, booking.reference, seats)
        self.case.assertEqual(booking.expires_at, order.until)
        return order

    def expected_refusal(self, visitor, held):
        if self.model.waiting(visitor):
            return refusals.BookingWaiting
        if not self.model.redis:
            return refusals.HoldsUnavailable
        return None if held else refusals.HoldLapsed

    def start_booking(self, visitor, seats):
        return start_booking(self.case.users[visitor], self.showtime, seats, now=self.model.now)

    @rule(order=orders, succeeds=st.booleans())
    def pay(self, order, succeeds):
        wanted = {"booking": stored(order), "succeeds": succeeds, "now": self.model.now}
        if not self.model.is_payable(order):
            return self.refused(refusals.TooLate, settlement.pay_demo, **wanted)
        settlement.pay_demo(**wanted)
        if succeeds or order.money == "in_transit":
            self.model.confirm(order)
        else:
            order.money = "settled"
            self.model.end(order, "FAILED")

    @rule(order=orders, pays=st.booleans())
    def open_payment_page(self, order, pays):
        """Open the payment page, and perhaps pay, even on an old page, without the site being told."""
        if self.model.is_payable(order):
            settlement.begin_payment(booking=stored(order), now=self.model.now)
            self.model.ask(order)
        if pays and order.money == "page":
            provider("demo").pay(stored(order).payments.get().intent_id)
            order.money = "in_transit"

    @rule(order=orders, rival=visitors, rival_comes=st.booleans(), is_event_received=st.booleans())
    def pay_after_the_deadline(self, order, rival, rival_comes, is_event_received):
        """The provider takes money after the deadline, when a rival may have taken the seats."""
        self.open_payment_page(order, pays=False)
        self.time_passes(seconds=600)
        if rival_comes:
            self.hold(rival, order.seats[:1])
        self.open_payment_page(order, pays=True)
        if is_event_received:
            self.sweep(asks_the_provider=True)

    @rule(order=orders)
    def cancel(self, order):
        wanted = {"booking": stored(order), "now": self.model.now}
        if self.model.is_payable(order):
            checkout.drop_booking(**wanted)
            self.model.end(order, "FAILED")
        elif order.status == "CONFIRMED":
            refunds.cancel_booking(**wanted)
            self.model.end(order, "CANCELLED")
        else:
            self.refused(refusals.NotCancellable, checkout.drop_booking, **wanted)
            self.refused(refusals.NotCancellable, refunds.cancel_booking, **wanted)

    # --- the clock and the sweeps -----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 299, 300, 599, 600, 601]))
    def time_passes(self, seconds):
        """Let that time pass. Redis is up again by then."""
        self.model.now += timedelta(seconds=seconds)
        self.redis_comes_back()

    @rule(asks_the_provider=st.booleans())
    def sweep(self, asks_the_provider):
        lifecycle.expire_overdue(self.model.now)
        if asks_the_provider:
            reconciliation.reconcile(now=self.model.now)
            self.model.reconcile()

    # --- Redis ------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.redis)
    @rule(for_good=st.booleans())
    def redis_fails(self, for_good):
        """Redis loses everything, or does not answer for a while."""
        if for_good:
            lose_keys()
            self.model.lose_redis()
        else:
            self.faults.enter_context(redis_down())
            self.model.redis = False

    def redis_comes_back(self):
        """Redis is back with its locks. The map that missed commits has expired."""
        self.faults.close()
        lose_map(self.showtime)
        self.model.redis = True

    # --- what must be true after every step -------------------------------------------------------------

    @invariant()
    def no_seat_twice_and_the_counter_true(self):
        assert_seats_consistent(self.case, self.showtime)

    @invariant()
    def nobody_pays_without_seats_or_refund(self):
        assert_money_consistent(self.case, self.showtime)

    @invariant()
    def every_booking_is_where_the_model_has_it(self):
        now = self.model.now
        rows = {row.reference: row.status_at(now) for row in Booking.objects.filter(showtime=self.showtime)}
        self.case.assertEqual(rows, {order.key: order.status_at(now) for order in self.model.orders})

    @invariant()
    def the_map_shows_what_is_taken_and_nothing_more(self):
        model = self.model
        status = live_map.seat_status(self.showtime.pk, user_id=None, now=model.now)
        held = set(model.pending()) | (set(model.locked()) if model.redis else set())
        expected = (sorted(model.sold()), sorted(held - model.sold()), not model.redis)
        self.case.assertEqual((status.booked, status.held, status.degraded), expected)

    def teardown(self):
        """Assert that in the end no payment is open, and every seat that is not sold can be held."""
        self.redis_comes_back()
        self.model.now += timedelta(hours=1)
        self.sweep(asks_the_provider=True)
        assert_money_consistent(self.case, self.showtime)
        open_ones = Payment.objects.filter(booking__showtime=self.showtime, status=Payment.Status.OPEN)
        self.case.assertFalse(open_ones.exists())
        free = [seat for seat in SEATS if seat not in self.model.sold()]
        if free:
            self.case.assertEqual(hold(self.case.late, self.showtime, free, now=self.model.now).seats, free)

    def refused(self, refusal, call, *args, **wanted):
        self.case.assertRaises(refusal, call, *args, **wanted)


def stored(order):
    return Booking.objects.get(reference=order.key)


class ShowtimeStateMachineTests(CommittedBookingTestCase):
    def test_seats_and_money_stay_consistent_in_any_order_of_events(self):
        self.users, self.late = [make_user(email="") for _ in range(3)], make_user()
        self.movie, self.screen = make_movie(), make_screen("SSSS")

        run_state_machine_as_test(
            lambda: ShowtimeMachine(self),
            settings=settings(
                max_examples=40,
                stateful_step_count=25,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
