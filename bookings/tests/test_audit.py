"""Each invariant is broken once, past every guard, and the audit names it."""

import io
from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, Payment, Refund, Ticket
from bookings.money import audit, refunds
from demo import sales
from moviebooking.testing import make_showtime, make_user
from theaters.models import Showtime

from .support.steps import BookingTestCase, book, buy, stored


class AuditTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann = make_showtime("SSSSSS"), make_user()

    def setUp(self):
        super().setUp()
        self.booking = buy(self.ann, self.showtime, ["A1", "A2"])
        self.payment = Payment.objects.get()
        self.now = timezone.now()

    def found(self):
        return audit.audit(self.now)

    def change(self, row, **values):
        type(row).objects.filter(pk=row.pk).update(**values)

    def cancel(self, now=None):
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_booking(booking=stored(self.booking), now=now or self.now)

    def test_a_confirmed_booking_is_in_order(self):
        book(self.ann, self.showtime, ["A3"])

        self.assertEqual(self.found(), [])

    def test_a_cancelled_booking_is_in_order(self):
        self.cancel()

        self.assertEqual(self.found(), [])

    def test_the_sales_of_the_demo_cinema_are_in_order(self):
        showtimes = [make_showtime("SSSSSS\nPPPPPP").pk for _ in range(4)]
        sold = sales.sell_some(
            showtimes=Showtime.objects.for_seat_map().filter(pk__in=showtimes), now=timezone.now()
        )

        self.assertEqual([sold > 0, self.found()], [True, []])

    def test_a_seat_sold_twice_is_found_without_the_constraint(self):
        twin = buy(self.ann, make_showtime("SSSSSS"), ["A1"])
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX ticket_one_valid_per_seat")  # the test's rollback brings it back

        Ticket.objects.filter(booking=twin).update(showtime=self.showtime)

        self.assertIn(f"Showtime {self.showtime.pk}: seat A1 is sold 2 times", self.found())

    def test_a_missing_ticket_is_found(self):
        Ticket.objects.filter(seat="A2").delete()
        self.change(self.showtime, available_seats=5)

        self.assertEqual(
            self.found(),
            [
                f"Booking {self.booking} is CONFIRMED with valid tickets [({self.showtime.pk}, 'A1')],"
                f" not [({self.showtime.pk}, 'A1'), ({self.showtime.pk}, 'A2')]"
            ],
        )

    def test_a_ticket_of_an_unpaid_booking_is_found(self):
        waiting = book(self.ann, self.showtime, ["A3"])
        Ticket.objects.create(booking=waiting, showtime=self.showtime, seat="A3")
        self.change(self.showtime, available_seats=3)

        self.assertEqual(
            self.found(),
            [f"Booking {waiting} is PENDING with valid tickets [({self.showtime.pk}, 'A3')], not []"],
        )

    def test_a_wrong_number_of_free_seats_is_found(self):
        self.change(self.showtime, available_seats=6)

        self.assertEqual(self.found(), [f"Showtime {self.showtime.pk}: available_seats is 6, not 4"])

    def test_tickets_without_a_payment_are_found(self):
        self.change(self.payment, status="CANCELED", received=0)

        self.assertEqual(self.found(), [f"Booking {self.booking} is CONFIRMED by 0 payments"])

    def test_two_payments_kept_for_one_booking_are_found(self):
        Payment.objects.create(
            booking=self.booking,
            provider="demo",
            amount=49560,
            received=49560,
            currency="INR",
            status="SUCCEEDED",
        )

        self.assertEqual(self.found(), [f"Booking {self.booking} is CONFIRMED by 2 payments"])

    def test_a_payment_kept_for_a_booking_without_tickets_is_found(self):
        self.change(self.booking, status="EXPIRED")
        Ticket.objects.update(voided_at=self.now)
        self.change(self.showtime, available_seats=6)

        self.assertEqual(
            self.found(), [f"Payment {self.payment} is kept, but its booking {self.booking} is EXPIRED"]
        )

    def test_a_refund_of_less_than_the_rules_promise_is_found(self):
        self.cancel()
        Refund.objects.update(amount=100)

        self.assertEqual(self.found(), [f"Payment {self.payment}: 100 refunded of 47200 by the rules"])

    def test_moving_a_showtime_promises_no_more_to_cancelled_bookings(self):
        self.cancel(self.showtime.start_time - timedelta(minutes=40))
        self.assertEqual(Refund.objects.get().amount, 23600)
        self.change(self.showtime, start_time=self.showtime.start_time + timedelta(days=1))

        self.assertEqual(self.found(), [])

    def test_a_partial_refund_by_the_cinema_is_found(self):
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_for_cinema(booking=stored(self.booking), now=self.now, reason="")
        self.change(self.payment, status="SUCCEEDED")
        Refund.objects.update(amount=47200)

        self.assertEqual(self.found(), [f"Payment {self.payment}: 47200 refunded of 49560 by the rules"])

    def test_a_mismatch_that_was_not_refunded_is_found(self):
        waiting = book(self.ann, self.showtime, ["A3"])
        payment = Payment.objects.create(
            booking=waiting, provider="demo", amount=24780, received=100, currency="INR", status="MISMATCH"
        )
        self.assertEqual(
            self.found(), [f"Payment {payment} of booking {waiting} is kept, and is not what was asked for"]
        )

        Refund.objects.create(payment=payment, amount=100, status="PENDING")

        self.assertEqual(self.found(), [])

    def test_a_kept_payment_that_was_refunded_in_full_is_found(self):
        Refund.objects.create(payment=self.payment, amount=49560, status="SUCCEEDED")

        self.assertEqual(self.found(), [f"Payment {self.payment} is SUCCEEDED though all of it was refunded"])

    def test_a_due_refund_that_was_never_recorded_is_found(self):
        self.change(self.booking, status="EXPIRED")
        Ticket.objects.update(voided_at=self.now)
        self.change(self.showtime, available_seats=6)
        self.change(self.payment, status="REFUND_DUE")

        self.assertEqual(self.found(), [f"Payment {self.payment}: 0 is refunded or owed, not 49560"])

    def test_a_refunded_payment_without_refunds_is_found(self):
        self.change(self.payment, status="REFUNDED")
        Refund.objects.create(payment=self.payment, amount=49560, status="PENDING")

        self.assertEqual(self.found(), [f"Payment {self.payment} is REFUNDED by 0, not 49560"])

    def test_refunds_of_more_than_was_received_are_found(self):
        for _ in range(2):
            Refund.objects.create(payment=self.payment, amount=30000, status="SUCCEEDED")

        self.assertEqual(self.found(), [f"Payment {self.payment}: 60000 refunded of 49560"])

    def test_a_payment_that_received_less_than_its_amount_is_found(self):
        self.change(self.payment, received=49559)

        self.assertEqual(self.found(), [f"Payment {self.payment} received 49559, not 49560"])

    def test_refunds_not_made_for_hours_or_not_finished_for_a_month_are_found(self):
        old = self.now - timedelta(days=31)
        late = [
            Refund.objects.create(payment=self.payment, amount=100, status=status, created_at=old)
            for status in ("REQUESTED", "PENDING", "SUCCEEDED", "FAILED")
        ][:2]
        for status in ("REQUESTED", "PENDING"):
            Refund.objects.create(payment=self.payment, amount=100, status=status, created_at=self.now)

        self.assertEqual(
            sorted(self.found()),
            sorted(
                f"Refund {one} of booking {self.booking} is {one.status} long after its time" for one in late
            ),
        )

    def test_a_payment_of_another_amount_than_its_bookings_is_found(self):
        self.change(self.booking, total_amount="500.00")

        self.assertEqual(
            self.found(), [f"Payment {self.payment} is of 49560, its booking {self.booking} of 50000"]
        )

    def test_a_payment_that_stays_open_is_found(self):
        waiting = book(self.ann, self.showtime, ["A3"])
        payment = Payment.objects.create(booking=waiting, provider="demo", amount=24780, currency="INR")
        self.assertEqual(self.found(), [])

        self.now += timedelta(hours=2)

        self.assertEqual(
            self.found(), [f"Payment {payment} of booking {waiting} is OPEN long after its time"]
        )


class AuditCommandTests(BookingTestCase):
    def run_command(self):
        out = io.StringIO()
        try:
            call_command("audit_books", stdout=out)
        except SystemExit as end:
            return end.code, out.getvalue()
        return 0, out.getvalue()

    def test_the_command_says_in_one_line_that_the_books_are_in_order(self):
        buy(make_user(), make_showtime(), ["A1"])

        self.assertEqual(self.run_command(), (0, "The books are in order.\n"))

    def test_the_command_lists_what_is_wrong_and_exits_1(self):
        showtime = make_showtime()
        buy(make_user(), showtime, ["A1"])
        Booking.objects.update(total_amount="1.00")
        Showtime.objects.update(available_seats=6)

        code, said = self.run_command()

        payment = Payment.objects.get()
        wrong = [
            f"Showtime {showtime.pk}: available_seats is 6, not 5",
            f"Payment {payment} is of 24780, its booking {payment.booking} of 100",
        ]
        self.assertEqual([code, said.splitlines()], [1, wrong])
