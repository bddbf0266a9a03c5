"""Database constraints hold for code that bypasses the site's own rules, too."""

import uuid

from django.db import IntegrityError, connection, transaction

from bookings.models import Booking, Payment, Refund
from bookings.models.payment import DemoIntent
from moviebooking.testing import make_screen, make_showtime, make_user
from theaters.models import Screen, SeatPrice, Showtime

from .support.steps import BookingTestCase, book, buy


class ConstraintTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann = make_showtime("SSSSSS"), make_user()

    def setUp(self):
        super().setUp()
        self.booking = buy(self.ann, self.showtime, ["A1"])
        self.payment = self.booking.payments.get()

    def assert_refused(self, name, write):
        with self.subTest(name):
            with self.assertRaises(IntegrityError) as refused, transaction.atomic():
                write()
            if connection.vendor == "postgresql" or not name.endswith(UNIQUE):
                self.assertIn(name, str(refused.exception))

    def test_an_impossible_row_violates_a_named_constraint(self):
        bookings, payments = Booking.objects.all(), Payment.objects.all()
        rows = {
            "booking_confirmed_is_never_free": lambda: bookings.update(total_amount=0),
            "booking_status_is_known": lambda: bookings.update(status="LOST"),
            "payment_is_never_free": lambda: payments.update(amount=0),
            "payment_that_succeeded_was_received": lambda: payments.update(received=0),
            "payment_withdrawn_received_nothing": lambda: payments.update(status="CANCELED"),
            "seat_price_is_never_free": lambda: SeatPrice.objects.bulk_create(
                [SeatPrice(showtime=self.showtime, seat_class="S", price=0)]
            ),
            "showtime_is_never_free": lambda: Showtime.objects.update(price=0),
            "refund_is_never_empty": lambda: self.refund(amount=0),
            "demo_never_gives_back_more_than_it_took": lambda: DemoIntent.objects.update(refunded=10**9),
        }
        for name, write in rows.items():
            self.assert_refused(name, write)

    def test_a_duplicate_row_violates_a_unique_constraint(self):
        waiting = book(self.ann, make_showtime("SS"), ["A1"])
        screen = make_screen("SS")
        rows = {
            "payment_one_open_per_booking": lambda: self.pay(waiting) and self.pay(waiting),
            "payment_intent_belongs_to_one_payment": lambda: self.pay(
                waiting, intent_id=self.payment.intent_id
            ),
            "refund_is_imported_once": lambda: (
                self.refund(refund_id="re_1") and self.refund(refund_id="re_1")
            ),
            "screen_name_is_unique_in_its_theater": lambda: Screen.objects.create(
                theater=screen.theater, name=screen.name, layout="S"
            ),
        }
        for name, write in rows.items():
            self.assert_refused(name, write)

    def pay(self, booking, **fields):
        return Payment.objects.create(
            booking=booking, provider=self.payment.provider, amount=100, currency="INR", **fields
        )

    def refund(self, **fields):
        return Refund.objects.create(payment=self.payment, key=uuid.uuid4(), **{"amount": 100, **fields})


UNIQUE = ("per_booking", "one_payment", "imported_once", "in_its_theater")  # SQLite names the columns instead
