"""A payment closed as unpaid never hides money: decided with its row locked, enforced by a constraint."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from bookings import lifecycle, payment_records
from bookings.models import Booking, Payment
from bookings.money import audit, needs_attention, settlement
from bookings.payments import CANCELED, OPEN, SUCCEEDED, Intent, UnknownIntent
from bookings.refusals import PaymentWasTaken

from .support.races import on_real_servers, race, rendezvous
from .support.steps import BookingTestCase, CommittedBookingTestCase, after, book, make_showtime, make_user

INTENT = "demo_1"


def payment_of(booking, **fields):
    fields = {"status": "OPEN", "intent_id": INTENT, **fields}
    return Payment.objects.create(booking=booking, provider="demo", amount=100, currency="INR", **fields)


def intent_of(payment, status, received):
    return Intent(
        id=INTENT,
        key=str(payment.key),
        reference=payment.booking.reference,
        amount=100,
        received=received,
        refunded=0,
        currency="INR",
        status=status,
        livemode=False,
    )


class CloseUnpaidTests(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.booking = book(make_user(), make_showtime(), ["A1"])
        self.payment = payment_of(self.booking)
        self.late = after(self.booking)

    def receive(self, amount=60):
        with self.assertLogs("bookings.payment_records", "ERROR"):
            payment_records.flag_for_staff(
                payment_id=self.payment.pk, remark="amount is 60, not 100", received=amount
            )

    def stored(self):
        payment = Payment.objects.select_related("booking").get(pk=self.payment.pk)
        return [payment.booking.status, payment.status, payment.received]

    def test_a_payment_closed_by_staff_is_canceled_and_its_booking_expired(self):
        lifecycle.close_unpaid(payment_id=self.payment.pk, now=self.late)
        lifecycle.close_unpaid(payment_id=self.payment.pk, now=self.late)

        self.assertEqual(self.stored(), ["EXPIRED", "CANCELED", 0])

    def test_a_payment_that_was_paid_meanwhile_is_not_closed(self):
        self.receive()

        with self.assertRaises(PaymentWasTaken):
            lifecycle.close_unpaid(payment_id=self.payment.pk, now=self.late)

        self.assertEqual(self.stored(), ["PENDING", "MISMATCH", 60])

    def test_a_payment_that_can_still_be_paid_is_not_closed(self):
        with self.assertRaises(PaymentWasTaken):
            lifecycle.close_unpaid(payment_id=self.payment.pk, now=timezone.now())

        self.assertEqual(self.stored(), ["PENDING", "OPEN", 0])

    def test_a_canceled_intent_of_a_payment_with_money_needs_attention(self):
        self.receive()

        settlement.settle(intent=intent_of(self.payment, CANCELED, 0), now=self.late)

        self.assertEqual(self.stored(), ["PENDING", "MISMATCH", 60])

    def test_flagging_a_payment_keeps_what_it_has_received(self):
        self.receive()

        with self.assertLogs("bookings.payment_records", "ERROR"):
            payment_records.flag_for_staff(payment_id=self.payment.pk, remark="The provider does not know it")

        self.assertEqual(self.stored(), ["PENDING", "MISMATCH", 60])

    def test_an_unrequested_payment_can_not_be_closed_as_unpaid(self):
        self.payment.delete()
        intent = intent_of(self.payment, SUCCEEDED, 100)
        adopted = settlement.adopt_unrequested_payment(intent, provider="demo")

        with self.assertRaises(PaymentWasTaken):
            lifecycle.close_unpaid(payment_id=adopted.pk, now=self.late)

        self.assertEqual([adopted.status, adopted.received], ["MISMATCH", 100])

    def test_an_intent_that_received_nothing_and_was_never_asked_for_is_not_adopted(self):
        self.payment.delete()

        for status in (OPEN, CANCELED):
            with self.subTest(status), self.assertRaises(UnknownIntent):
                settlement.adopt_unrequested_payment(intent_of(self.payment, status, 0), provider="demo")

        self.assertFalse(Payment.objects.exists())

    def test_money_in_a_canceled_payment_is_found_without_the_constraint(self):
        self.drop_the_constraint()
        Payment.objects.update(status="CANCELED", received=60)

        self.assertIn(
            f"Payment {INTENT} of booking {self.booking} is CANCELED, but has received 60",
            audit.audit(timezone.now()),
        )
        titles = [str(section.title) for section in needs_attention.sections(timezone.now())]
        self.assertEqual(titles, ["Payments closed as unpaid that received money"])

    def drop_the_constraint(self):
        """Drop it until the test's rollback."""
        connection.check_constraints()
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = ON")
                self.addCleanup(self.ignore_no_checks)
            else:
                cursor.execute(
                    "ALTER TABLE bookings_payment DROP CONSTRAINT payment_withdrawn_received_nothing"
                )

    def ignore_no_checks(self):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


class CloseUnpaidMigrationTests(CommittedBookingTestCase):
    """The constraint is added to a database with existing payments."""

    before, after = [("bookings", "0001_initial")], [("bookings", "0002_payment_withdrawn_received_nothing")]

    def setUp(self):
        super().setUp()
        self.booking = book(make_user(), make_showtime(), ["A1"])
        self.newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
        self.addCleanup(self.migrate, self.newest)

    def migrate(self, targets):
        executor = MigrationExecutor(connection)
        executor.migrate(targets)
        return executor.loader.project_state(targets).apps

    def test_the_migration_marks_canceled_payments_with_money_as_mismatch(self):
        old = self.migrate(self.before).get_model("bookings", "Payment")
        rows = [("CANCELED", 60, "x" * 500), ("CANCELED", 0, ""), ("SUCCEEDED", 100, "")]
        for status, received, note in rows:
            old.objects.create(
                booking_id=self.booking.pk,
                provider="demo",
                amount=100,
                currency="INR",
                status=status,
                received=received,
                note=note,
            )

        self.migrate(self.after)

        found = Payment.objects.order_by("pk").values_list("status", "received", "note")
        words = "Closed as unpaid, but money was received. "
        self.assertEqual(
            list(found),
            [("MISMATCH", 60, words + "x" * (500 - len(words))), ("CANCELED", 0, ""), ("SUCCEEDED", 100, "")],
        )


@on_real_servers
class CloseUnpaidRaceTests(CommittedBookingTestCase):
    def test_a_receipt_recorded_while_staff_closes_the_payment_is_kept(self):
        booking = book(make_user(email=""), make_showtime(), ["A1"])
        Booking.objects.update(expires_at=timezone.now() - timedelta(hours=7))
        payment, meet = payment_of(booking), rendezvous(2)

        def money_comes():
            with transaction.atomic():
                payment_records.flag_for_staff(payment_id=payment.pk, remark="amount is 60", received=60)
                meet()  # written, and not committed

        def staff_closes():
            meet()
            return lifecycle.close_unpaid(payment_id=payment.pk, now=timezone.now())

        outcomes = race(money_comes, staff_closes)

        self.assertIsInstance(outcomes[1], PaymentWasTaken)
        payment.refresh_from_db()
        self.assertEqual([payment.status, payment.received], ["MISMATCH", 60])
