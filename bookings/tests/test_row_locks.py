"""A showtime's row lock keeps out other locks, but not rows that refer to it. SQLite has no row locks."""

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Booking
from moviebooking.testing import make_screen
from theaters import layout_changes
from theaters.models import Showtime

from .support.races import make_rivals, on_real_servers, race
from .support.steps import CommittedBookingTestCase, book, buy, make_showtime

PATIENCE = "SET LOCAL lock_timeout = '400ms'"


@on_real_servers
class ShowtimeLockTests(CommittedBookingTestCase):
    """A rival tries two things while a step is done but not committed."""

    def setUp(self):
        super().setUp()
        self.now, self.showtime = timezone.now(), make_showtime()
        self.ann, self.bob = make_rivals(2)
        self.waiting = book(self.ann, self.showtime, ["A1"])
        self.paid = buy(self.bob, self.showtime, ["A2"])
        self.payment = self.open_payment()

    def open_payment(self):
        return lifecycle.open_payment(booking_id=self.waiting.pk, provider="demo", amount=24780, now=self.now)

    def steps(self):
        """Return every step that writes by what it has read of the showtime's seats."""
        pk, screen = self.showtime.pk, self.showtime.screen
        return {
            "confirm": lambda: lifecycle.confirm(payment_id=self.payment.pk, now=self.now),
            "owe a refund": lambda: lifecycle.owe_refund(
                payment_id=self.payment.pk, reason="A test", now=self.now
            ),
            "fail": lambda: lifecycle.fail_payment(payment_id=self.payment.pk, now=self.now),
            "drop": lambda: lifecycle.drop(booking_id=self.waiting.pk, now=self.now),
            "cancel": lambda: lifecycle.cancel(
                booking_id=self.paid.pk, quote_of=lambda booking: (0, 0), now=self.now, reason="A test"
            ),
            "cancel for the cinema": lambda: lifecycle.cancel_for_cinema(
                booking_id=self.paid.pk, now=self.now, reason="A test"
            ),
            "close the showtime": lambda: lifecycle.cancel_sales(showtime_id=pk, now=self.now),
            "change the layout": lambda: layout_changes.change_layout(
                screen, old=screen.layout, now=self.now
            ),
            "move to another screen": lambda: self.move(make_screen()),
        }

    def move(self, screen):
        """Only a showtime without sold seats can change its screen."""
        self.showtime.tickets.update(voided_at=self.now)
        self.showtime.bookings.update(status=Booking.Status.CANCELLED)
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        showtime.screen = screen
        layout_changes.move_to_screen(showtime, now=self.now)

    def rival_meanwhile(self, step, attempt):
        """Return what a rival's attempt returns or raises between the step and its rollback."""
        with transaction.atomic():
            step()
            [outcome] = race(lambda: self.patiently(attempt))
            transaction.set_rollback(True)
        return outcome

    def patiently(self, attempt):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            return attempt()

    def lock(self):
        return Showtime.objects.select_for_update(no_key=True).get(pk=self.showtime.pk)

    def lock_booking(self):
        return Booking.objects.select_for_update(no_key=True).get(pk=self.waiting.pk)

    def insert(self):
        return Booking.objects.create(user=self.bob, showtime=self.showtime, seats=["A6"], total_amount=1)

    def test_a_locked_showtime_admits_no_other_lock_but_rows_that_refer_to_it(self):
        for name, step in self.steps().items():
            with self.subTest(name):
                self.assertIsInstance(self.rival_meanwhile(step, self.lock), OperationalError)
                self.assertIsInstance(self.rival_meanwhile(step, self.insert), Booking)

    def test_opening_a_payment_locks_its_booking_and_not_the_showtime(self):
        self.assertIsInstance(self.rival_meanwhile(self.open_payment, self.lock_booking), OperationalError)
        self.assertIsInstance(self.rival_meanwhile(self.open_payment, self.lock), Showtime)
