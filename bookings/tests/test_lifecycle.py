"""The functions of `lifecycle`: what each changes, what it refuses, and that calling it twice is safe."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from unittest import mock

from django.utils import timezone

from bookings import lifecycle, pricing
from bookings.models import Booking, BookingEmail, Payment, PaymentEvent, Refund, Ticket
from bookings.payments.events import Event
from bookings.references import new_reference
from bookings.refusals import (
    BookingWaiting,
    SeatsUnavailable,
    ShowtimeCancelled,
    ShowtimeClosed,
    TooLate,
)

from .support.invariants import price_of
from .support.steps import BookingTestCase, after, book, buy, make_showtime, make_user, stored

Status = Booking.Status


class LifecycleTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.now = timezone.now()
        self.booking = book(self.ann, self.showtime, ["A1", "A2"], now=self.now)
        self.late = after(self.booking)
        self.payment = self.open_payment(self.booking)

    def open_payment(self, booking):
        return lifecycle.open_payment(
            booking_id=booking.pk, provider="demo", amount=price_of(booking), now=self.now
        )

    def confirm(self, **how):
        return lifecycle.confirm(payment_id=self.payment.pk, **{"now": self.now, **how})

    def owe_refund(self, now=None):
        return lifecycle.owe_refund(payment_id=self.payment.pk, reason="Too late", now=now or self.now)

    def cancel(self, booking, now=None):
        return lifecycle.cancel(
            booking_id=booking.pk, quote_of=lambda locked: (100, 50), now=now or self.now, reason="A test"
        )

    def everything(self):
        """Return every row that a step may write."""
        rows = Booking, Payment, Refund, Ticket, BookingEmail
        return [list(model.objects.order_by("pk").values()) for model in rows]

    def assert_refused(self, refusal, step):
        before = self.everything()
        with self.assertRaises(refusal):
            step()
        self.assertEqual(self.everything(), before)


class CreatePendingTests(LifecycleTestCase):
    """`checkout` has asked Redis before; SQL decides here."""

    def create(self, user=None, *, showtime=None, seats=("A3",), now=None):
        quote = pricing.quote(
            [(seat, "Standard", "200") for seat in seats],
            fee_percent=Decimal(5),
            tax_percent=Decimal(18),
            currency="EUR",
            unit=Decimal("0.01"),
        )
        return lifecycle.create_pending(
            reference=new_reference(),
            user=user or self.bob,
            showtime_id=(showtime or self.showtime).pk,
            seats=list(seats),
            quote=quote,
            refund_tiers=[[60, 80]],
            expires_at=self.late,
            now=now or self.now,
        )

    def test_a_new_booking_stores_the_agreed_price_and_rules(self):
        booking = stored(self.create(seats=["A3", "A4"]))

        amounts = booking.seats_amount, booking.fee_amount, booking.tax_amount, booking.total_amount
        self.assertEqual([str(amount) for amount in amounts], ["400.00", "20.00", "75.60", "495.60"])
        self.assertEqual(
            [booking.user, booking.status, booking.seats, booking.currency, booking.refund_tiers],
            [self.bob, "PENDING", ["A3", "A4"], "EUR", [[60, 80]]],
        )
        self.assertEqual([booking.created_at, booking.expires_at], [self.now, self.late])
        self.assertEqual(pricing.quote_of(booking).lines[0].labels, ("A3", "A4"))

    def test_no_booking_is_created_once_the_showtime_has_started(self):
        self.assert_refused(ShowtimeClosed, lambda: self.create(now=self.showtime.start_time))

    def test_no_booking_is_created_for_a_cancelled_showtime(self):
        type(self.showtime).objects.filter(pk=self.showtime.pk).update(cancelled_at=self.now)

        self.assert_refused(ShowtimeCancelled, self.create)

    def test_a_visitor_has_one_payable_booking_for_each_showtime(self):
        self.assert_refused(BookingWaiting, lambda: self.create(self.ann))

        self.assertEqual(self.create(self.ann, showtime=make_showtime()).user, self.ann)
        self.assertEqual(self.create(self.ann, now=self.booking.expires_at).user, self.ann)

    def test_the_same_seats_of_another_showtime_do_not_conflict(self):
        elsewhere = make_showtime()
        book(self.ann, elsewhere, ["A3"], now=self.now)
        buy(make_user(), elsewhere, ["A4"], now=self.now)

        self.assertEqual(self.create(seats=["A3", "A4"]).seats, ["A3", "A4"])

    def test_seats_that_are_pending_sold_or_unknown_are_named(self):
        buy(make_user(), self.showtime, ["A4"], now=self.now)

        with self.assertRaises(SeatsUnavailable) as refused:
            self.create(seats=["A1", "A3", "A4", "A7"])

        self.assertEqual(refused.exception.seats, ["A1", "A4", "A7"])


class ConfirmTests(LifecycleTestCase):
    def test_confirming_issues_tickets_records_the_payment_and_owes_one_email(self):
        self.confirm()

        self.payment.refresh_from_db()
        self.assertEqual(
            [stored(self.booking).confirmed_at, self.payment.status, self.payment.received],
            [self.now, "SUCCEEDED", price_of(self.booking)],
        )
        self.assertEqual(
            [letter.kind for letter in BookingEmail.objects.all()], [BookingEmail.Kind.CONFIRMATION]
        )

    def test_a_second_time_changes_nothing(self):
        self.confirm()
        before = self.everything()

        again = self.confirm(now=self.now + timedelta(minutes=1))

        self.assertEqual([again.status, self.everything()], ["CONFIRMED", before])

    def test_an_overdue_booking_is_confirmed_only_if_its_seats_were_locked_again(self):
        self.assert_refused(TooLate, lambda: self.confirm(now=self.booking.expires_at))

        self.assertEqual(self.confirm(now=self.booking.expires_at, late=True).status, "CONFIRMED")

    def test_a_late_payment_loses_to_a_rivals_pending_booking_unknown_to_redis(self):
        book(self.bob, self.showtime, ["A2"], now=self.late)

        self.assert_refused(SeatsUnavailable, lambda: self.confirm(now=self.late, late=True))

    def test_a_late_payment_loses_to_a_rivals_ticket_unknown_to_redis(self):
        buy(self.bob, self.showtime, ["A1"], now=self.late)

        self.assert_refused(SeatsUnavailable, lambda: self.confirm(now=self.late, late=True))

    def test_a_booking_does_not_conflict_with_itself(self):
        self.assertEqual(self.confirm(late=True).status, "CONFIRMED")

    def test_a_payment_in_time_wins_over_a_booking_created_before_the_deadline(self):
        self.booking_past_every_check(created_at=self.booking.expires_at - timedelta(milliseconds=1))

        self.assertEqual(self.confirm().status, "CONFIRMED")

    def test_a_payment_loses_to_a_booking_created_at_its_deadline_even_by_an_earlier_clock(self):
        self.booking_past_every_check(created_at=self.booking.expires_at)

        self.assert_refused(SeatsUnavailable, self.confirm)

    def booking_past_every_check(self, **fields):
        return Booking.objects.create(
            user=self.bob, showtime=self.showtime, seats=["A2"], total_amount=1, **fields
        )

    def test_a_rivals_booking_of_the_same_seats_of_another_showtime_does_not_conflict(self):
        book(self.bob, make_showtime(), ["A1"], now=self.late)

        self.assertEqual(self.confirm(now=self.late, late=True).status, "CONFIRMED")

    def test_a_rivals_booking_of_other_seats_does_not_conflict(self):
        book(self.bob, self.showtime, ["A3"], now=self.late)

        self.assertEqual(self.confirm(now=self.late, late=True).status, "CONFIRMED")

    def test_a_dropped_booking_gets_no_tickets(self):
        lifecycle.drop(booking_id=self.booking.pk, now=self.now)

        for late in (False, True):
            self.assert_refused(TooLate, lambda late=late: self.confirm(late=late))

    def test_a_booking_of_a_showtime_cancelled_meanwhile_is_not_confirmed(self):
        type(self.showtime).objects.filter(pk=self.showtime.pk).update(cancelled_at=self.now)

        for late in (False, True):
            self.assert_refused(ShowtimeCancelled, lambda late=late: self.confirm(late=late))

    def test_a_booking_paid_in_time_is_confirmed_after_the_showtime_has_started(self):
        type(self.showtime).objects.filter(pk=self.showtime.pk).update(start_time=self.now)

        self.assertEqual(self.confirm().status, "CONFIRMED")


class OweRefundTests(LifecycleTestCase):
    def test_a_confirmed_payment_owes_no_refund(self):
        self.confirm()
        before = self.everything()

        self.assertIsNone(self.owe_refund())

        self.assertEqual(self.everything(), before)

    def test_a_second_time_changes_nothing(self):
        first = self.owe_refund(self.late)
        before = self.everything()

        self.assertIsNone(self.owe_refund(self.late))

        self.assertEqual([first.amount, self.everything()], [price_of(self.booking), before])

    def test_owing_a_refund_expires_an_overdue_booking_and_leaves_a_payable_one(self):
        self.owe_refund(self.late)
        other = book(self.bob, self.showtime, ["A3"], now=self.now)
        self.payment = self.open_payment(other)
        self.owe_refund()

        self.assertEqual([stored(self.booking).status, stored(other).status], ["EXPIRED", "PENDING"])


class OpenPaymentTests(LifecycleTestCase):
    def test_a_payment_is_opened_in_the_bookings_currency(self):
        with self.settings(CURRENCY="JPY"):
            Payment.objects.all().delete()
            payment = self.open_payment(self.booking)

        self.assertEqual(
            [payment.amount, payment.currency, payment.provider, payment.status, payment.created_at],
            [price_of(self.booking), "INR", "demo", "OPEN", self.now],
        )

    def test_opening_a_payment_again_returns_the_same_one(self):
        self.assertEqual(self.open_payment(self.booking), self.payment)

    def test_no_payment_is_opened_at_the_deadline(self):
        self.now = self.booking.expires_at

        self.assert_refused(TooLate, lambda: self.open_payment(self.booking))


class RecordedEventTests(LifecycleTestCase):
    def test_each_step_records_its_event_even_if_nothing_changes(self):
        steps = {
            "evt_fail": lifecycle.fail_payment,
            "evt_confirm": lifecycle.confirm,
            "evt_again": lifecycle.confirm,
            "evt_owe": partial(lifecycle.owe_refund, reason="Too late"),
        }
        self.confirm()

        for name, step in steps.items():
            event = Event(name, "payment_intent.succeeded", 1_800_000_000, False, "payment_intent", "pi_1")
            step(payment_id=self.payment.pk, now=self.now, event=event)

        self.assertEqual(set(PaymentEvent.objects.values_list("event_id", flat=True)), set(steps))


class StatusChangeTests(LifecycleTestCase):
    """A change of status that is not in `Booking.MOVES` is impossible."""

    def test_only_these_changes_of_status_are_allowed(self):
        moves = {(old, new) for old, news in Booking.MOVES.items() for new in news}

        self.assertEqual(
            moves,
            {
                ("PENDING", "CONFIRMED"),
                ("PENDING", "EXPIRED"),
                ("PENDING", "FAILED"),
                ("EXPIRED", "CONFIRMED"),
                ("CONFIRMED", "CANCELLED"),
            },
        )

    def test_any_other_change_of_status_raises_and_writes_nothing(self):
        paid = buy(self.bob, self.showtime, ["A3"], now=self.now)
        steps = {
            "confirm": self.confirm,
            "expire with a refund": lambda: self.owe_refund(self.late),
            "fail": lambda: lifecycle.fail_payment(payment_id=self.payment.pk, now=self.now),
            "drop": lambda: lifecycle.drop(booking_id=self.booking.pk, now=self.now),
            "cancel": lambda: self.cancel(paid),
            "cancel for the cinema": lambda: lifecycle.cancel_for_cinema(
                booking_id=paid.pk, now=self.now, reason="A test"
            ),
            "close": lambda: lifecycle.cancel_sales(showtime_id=self.showtime.pk, now=self.now),
        }
        with mock.patch.object(Booking, "MOVES", dict.fromkeys(Status, frozenset())):
            for name, step in steps.items():
                with self.subTest(name):
                    self.assert_refused(ValueError, step)
