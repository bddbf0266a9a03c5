"""Twelve PENDING bookings of the same seats are confirmed at once.

Holds and the checks of a new booking prevent that, so these bookings are created directly: the tests show
that the row lock and the constraint prevent a double sale even if everything else has failed.
"""

from functools import partial

from django.db import IntegrityError
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Booking, Payment, Ticket
from bookings.refusals import SeatsUnavailable
from theaters.models import Showtime

from .support.races import RIVALS, ROUNDS, instances_of, make_rivals, on_real_servers, race, without_row_locks
from .support.steps import CommittedBookingTestCase, make_showtime


def create_open_payment(user, showtime, seats):
    """Return the open Payment of a PENDING booking created without any check."""
    booking = Booking.objects.create(user=user, showtime=showtime, seats=seats, total_amount=1)
    return Payment.objects.create(booking=booking, provider="demo", amount=100, currency="INR")


@on_real_servers
class ConfirmRaceTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.rivals = make_rivals()

    def confirm_all(self, showtime, seats):
        payments = [create_open_payment(rival, showtime, seats) for rival in self.rivals]
        now = timezone.now()
        return race(*[partial(lifecycle.confirm, payment_id=one.pk, now=now) for one in payments])

    def assert_sold_once(self, showtime, outcomes, seats):
        """Assert that one is confirmed and the others get the named refusal, whichever guard raised it."""
        confirmed, refused = instances_of(Booking, outcomes), instances_of(SeatsUnavailable, outcomes)
        self.assertEqual([len(confirmed), len(refused)], [1, RIVALS - 1])
        tickets = Ticket.objects.valid().filter(showtime=showtime).order_by("seat")
        self.assertEqual([(one.booking, one.seat) for one in tickets], [(confirmed[0], one) for one in seats])
        statuses = Booking.objects.filter(showtime=showtime).values_list("status", flat=True)
        self.assertEqual(sorted(statuses), ["CONFIRMED", *["PENDING"] * (RIVALS - 1)])

    def test_one_of_twelve_is_confirmed_and_the_others_are_refused_before_the_constraint(self):
        showtime = make_showtime()

        outcomes = self.confirm_all(showtime, ["A1", "A2"])

        self.assert_sold_once(showtime, outcomes, ["A1", "A2"])
        self.assertEqual(refusals_by_constraint(outcomes), [])
        self.assertEqual(Showtime.objects.get(pk=showtime.pk).available_seats, 4)

    def test_control_without_the_row_lock_the_constraint_still_prevents_a_double_sale(self):
        for _ in range(ROUNDS):
            showtime = make_showtime()
            with without_row_locks():
                outcomes = self.confirm_all(showtime, ["A1"])
            self.assert_sold_once(showtime, outcomes, ["A1"])
            if refusals_by_constraint(outcomes):
                return
        self.fail("twelve rivals without a lock never met at the constraint")

    def test_seats_sold_at_the_same_time_are_all_counted(self):
        showtime = make_showtime("S" * 20)
        payments = [
            create_open_payment(rival, showtime, [f"A{n + 1}"]) for n, rival in enumerate(self.rivals)
        ]
        now = timezone.now()

        outcomes = race(*[partial(lifecycle.confirm, payment_id=one.pk, now=now) for one in payments])

        self.assertEqual(len(instances_of(Booking, outcomes)), RIVALS)
        self.assertEqual(Showtime.objects.get(pk=showtime.pk).available_seats, 20 - RIVALS)


def refusals_by_constraint(outcomes):
    """Return the refusals raised by the database constraint, after both had found the seat free."""
    return [one for one in outcomes if isinstance(getattr(one, "__cause__", None), IntegrityError)]
