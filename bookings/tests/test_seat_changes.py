"""Every change of a showtime's seats raises its revision by one, in the transaction that makes it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings import checkout, lifecycle
from bookings.models import Payment
from bookings.money import refunds, settlement
from bookings.refusals import SeatsUnavailable
from bookings.seats import live_map
from bookings.tickets import SeatChange
from theaters.models import Showtime

from .support.steps import BookingTestCase, after, book, create_without_locks, make_showtime, make_user


class SeatChangeTestCase(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.now = timezone.now()
        self.showtime, self.ann, self.bob = make_showtime("SSSSSS"), make_user(), make_user()

    def revision(self):
        return Showtime.objects.get(pk=self.showtime.pk).seats_revision

    def pending(self, *seats):
        return create_without_locks(self.ann, self.showtime, list(seats), now=self.now)

    def paid(self, booking):
        """Return the key of the booking's payment, which has succeeded."""
        intent = settlement.begin_payment(booking=booking, now=self.now)
        return Payment.objects.get(intent_id=intent.id).pk


class RaisedRevisionTests(SeatChangeTestCase):
    def test_a_new_booking_is_the_first_change(self):
        self.assertEqual(self.pending("A2", "A1").seat_change, SeatChange(1, ["A2", "A1"]))
        self.assertEqual(self.revision(), 1)

    def test_a_confirmed_and_a_cancelled_booking_are_the_next_changes(self):
        booking = self.pending("A1")
        payment = self.paid(booking)

        confirmed = lifecycle.confirm(payment_id=payment, now=self.now)
        cancelled, _ = lifecycle.cancel(
            booking_id=booking.pk, quote_of=lambda booking: (0, 0), now=self.now, reason=""
        )

        self.assertEqual(confirmed.seat_change, SeatChange(2, ["A1"]))
        self.assertEqual([cancelled.seat_change, self.revision()], [SeatChange(3, ["A1"]), 3])

    def test_a_booking_that_fails_or_is_dropped_before_its_deadline_frees_its_seats(self):
        failed = lifecycle.fail_payment(payment_id=self.paid(self.pending("A1")), now=self.now)
        dropped = lifecycle.drop(booking_id=self.pending("A2").pk, now=self.now)

        changes = [failed.seat_change, dropped.seat_change]
        self.assertEqual([*changes, self.revision()], [SeatChange(2, ["A1"]), SeatChange(4, ["A2"]), 4])

    def test_a_cancelled_showtime_frees_the_seats_of_each_unpaid_booking(self):
        self.pending("A1")
        create_without_locks(self.bob, self.showtime, ["A2", "A3"], now=self.now)

        failed = lifecycle.cancel_sales(showtime_id=self.showtime.pk, now=self.now)

        changes = [booking.seat_change for booking in failed]
        self.assertEqual(changes, [SeatChange(3, ["A1"]), SeatChange(4, ["A2", "A3"])])

    def test_a_seat_that_a_rival_booked_after_the_deadline_stays_theirs(self):
        """The payment fails with a time before the deadline, taken before it waited for the row lock."""
        booking = self.pending("A1", "A2")
        payment = self.paid(booking)
        create_without_locks(self.bob, self.showtime, ["A1"], now=booking.expires_at)

        failed = lifecycle.fail_payment(payment_id=payment, now=self.now)

        self.assertEqual([failed.status, failed.seat_change], ["FAILED", SeatChange(3, ["A2"])])


class UnchangedSeatsTests(SeatChangeTestCase):
    """Seats that nothing changed keep the revision: the deadline alone has freed them."""

    def test_a_booking_that_ends_after_its_deadline_changes_no_seat(self):
        booking = self.pending("A1")
        payment = self.paid(booking)

        failed = lifecycle.fail_payment(payment_id=payment, now=after(booking))

        self.assertEqual([failed.status, failed.seat_change, self.revision()], ["EXPIRED", None, 1])

    def test_a_refund_owed_for_a_late_payment_changes_no_seat(self):
        booking = self.pending("A1")
        payment = self.paid(booking)

        lifecycle.owe_refund(payment_id=payment, reason="Too late", now=after(booking))

        self.assertEqual(self.revision(), 1)

    def test_confirming_twice_changes_the_seats_once(self):
        payment = self.paid(self.pending("A1"))
        lifecycle.confirm(payment_id=payment, now=self.now)

        again = lifecycle.confirm(payment_id=payment, now=self.now)

        self.assertEqual([again.status, again.seat_change, self.revision()], ["CONFIRMED", None, 2])

    def test_a_refused_booking_changes_nothing(self):
        self.pending("A1")

        with self.assertRaises(SeatsUnavailable):
            create_without_locks(self.bob, self.showtime, ["A1", "A2"])

        self.assertEqual(self.revision(), 1)


class SavedShowtimeTests(SeatChangeTestCase):
    def test_saving_a_showtime_that_was_read_before_a_sale_keeps_the_revision(self):
        read_before = Showtime.objects.get(pk=self.showtime.pk)
        self.pending("A1")
        read_before.format = Showtime.Format.IMAX

        read_before.save()

        stored = Showtime.objects.get(pk=self.showtime.pk)
        self.assertEqual([stored.format, stored.seats_revision], ["IMAX", 1])


class CostTests(SeatChangeTestCase):
    def queries(self, call):
        """Return the tables that `call()` writes to, and what it returned."""
        with CaptureQueriesContext(connection) as sql:
            result = call()
        statements = [query["sql"].split() for query in sql]
        written = {"INSERT": 2, "UPDATE": 1}
        return [words[written[words[0]]].strip('"') for words in statements if words[0] in written], result

    def test_the_revision_is_written_once_and_with_the_number_of_available_seats(self):
        written, booking = self.queries(lambda: self.pending("A1", "A2"))
        self.assertEqual(written, ["bookings_booking", "theaters_showtime"])

        payment = self.paid(booking)
        written, _ = self.queries(lambda: lifecycle.confirm(payment_id=payment, now=self.now))
        self.assertEqual(written.count("theaters_showtime"), 1)


class MapAfterEachChangeTests(SeatChangeTestCase):
    def test_no_step_of_a_sale_makes_a_reader_build_the_map_again(self):
        def look():
            status = live_map.seat_status(self.showtime.pk, user_id=None, now=self.now)
            return status.booked, status.held

        look()
        with self.settings(LIVE_MAP_SECONDS=600):
            booking = book(self.ann, self.showtime, ["A1"], now=self.now)
            with self.assertNumQueries(0):
                self.assertEqual(look(), ([], ["A1"]))
            booking = settlement.pay_demo(booking=booking, succeeds=True, now=self.now)
            with self.assertNumQueries(0):
                self.assertEqual(look(), (["A1"], []))
            refunds.cancel_booking(booking=booking, now=self.now)
            checkout.drop_booking(booking=book(self.bob, self.showtime, ["A2"], now=self.now), now=self.now)
            with self.assertNumQueries(0):
                self.assertEqual(look(), ([], []))
