"""The cinema cancels a showtime: all visitors are refunded in full, and nothing is sold any more."""

from django.core import mail
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Booking, DemoIntent, Payment, Refund, Ticket
from bookings.money import reconciliation, refunds
from bookings.seats import live_map
from moviebooking.testing import JSON, make_showtime, make_user
from theaters.models import Showtime

from .support.crashes import killed_after
from .support.invariants import assert_money_consistent, assert_seats_consistent, money_kept_for
from .support.steps import BookingTestCase, after, book, buy, hold, hold_json, stored, url


class CancelledShowtimeTestCase(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime = make_showtime("SSSSSS")
        self.ann, self.bob, self.eve = make_user(), make_user(), make_user()
        self.paid = [buy(self.ann, self.showtime, ["A1", "A2"]), buy(self.bob, self.showtime, ["A3"])]
        self.waiting = book(self.eve, self.showtime, ["A4"])
        self.now = timezone.now()
        mail.outbox.clear()


class CancelledShowtimeTests(CancelledShowtimeTestCase):
    def cancel(self):
        with self.captureOnCommitCallbacks(execute=True):
            return refunds.cancel_showtime(showtime=self.showtime, now=self.now)

    def statuses(self):
        return [stored(booking).status for booking in [*self.paid, self.waiting]]

    def assert_everything_is_back(self):
        self.assertEqual(self.statuses(), ["CANCELLED", "CANCELLED", "FAILED"])
        self.assertEqual([money_kept_for(booking) for booking in self.paid], [0, 0])
        self.assertEqual(list(Payment.objects.values_list("status", flat=True)), ["REFUNDED"] * 2)
        self.assertEqual([Ticket.objects.count(), Ticket.objects.valid().count()], [3, 0])
        assert_seats_consistent(self, self.showtime)
        assert_money_consistent(self, self.showtime)

    def test_all_visitors_are_refunded_in_full(self):
        self.assertEqual(self.cancel(), 2)

        self.assert_everything_is_back()

    def test_all_visitors_who_paid_are_emailed(self):
        self.cancel()

        self.assertEqual([message.to for message in mail.outbox], [[self.ann.email], [self.bob.email]])
        self.assertIn("Show cancelled, full refund", mail.outbox[0].subject)
        self.assertIn("You’ll get a full refund of ₹495.60", mail.outbox[0].body)

    def test_the_page_of_each_booking_says_that_the_showtime_is_cancelled(self):
        self.cancel()

        notes = {
            self.ann: (self.paid[0], "We refunded ₹495.60."),
            self.eve: (self.waiting, "You haven’t been charged."),
        }
        for user, (booking, note) in notes.items():
            self.client.force_login(user)
            page = self.client.get(booking.get_absolute_url())
            with self.subTest(note):
                self.assertContains(page, "The cinema cancelled this show")
                self.assertContains(page, note)

    def test_a_pending_booking_can_not_be_paid_any_more(self):
        self.cancel()
        self.client.force_login(self.eve)
        page = f"/bookings/{self.waiting.reference}/pay/"

        self.assertContains(self.client.get(page), "cancelled this show", status_code=410)
        answer = self.client.post(page, {"outcome": "success"}, headers=JSON)

        self.assertEqual((answer.status_code, answer.json()), (410, {"error": "showtime_cancelled"}))
        self.assertEqual(DemoIntent.objects.filter(reference=self.waiting.reference).count(), 0)

    def test_seat_map_hold_and_book_are_410_with_a_sentence(self):
        hold(self.bob, self.showtime, ["A5"])
        self.cancel()
        self.client.force_login(self.bob)

        answers = [
            self.client.get(url("seat_map", self.showtime)),
            self.client.get(url("create_booking", self.showtime)),
            self.client.post(url("hold", self.showtime), {"seats": ["A5"]}),
            self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A5"]}),
        ]
        for answer in answers:
            self.assertContains(answer, "This show is cancelled", status_code=410)
        as_json = hold_json(self.client, self.showtime, ["A6"])
        self.assertEqual((as_json.status_code, as_json.json()), (410, {"error": "showtime_cancelled"}))

    def test_a_cancelled_showtime_is_not_listed(self):
        movie = self.showtime.movie
        self.assertContains(self.client.get(movie.get_absolute_url()), url("seat_map", self.showtime))

        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_showtime(showtime=self.showtime, now=self.now)

        self.assertNotContains(self.client.get(movie.get_absolute_url()), url("seat_map", self.showtime))

    def test_no_seat_is_locked_afterwards(self):
        self.cancel()

        status = live_map.seat_status(self.showtime.pk, user_id=None, now=self.now)
        self.assertEqual([status.booked, status.held, status.degraded], [[], [], False])

    def test_cancelling_again_changes_nothing(self):
        self.cancel()
        first = Showtime.objects.get(pk=self.showtime.pk).cancelled_at

        self.assertEqual(self.cancel(), 0)

        self.assert_everything_is_back()
        self.assertEqual(
            [Showtime.objects.get(pk=self.showtime.pk).cancelled_at, len(mail.outbox)], [first, 2]
        )

    def test_cancelling_again_finishes_after_a_crash(self):
        with killed_after(lifecycle, "cancel_for_cinema"):
            self.cancel()
        self.assertEqual(self.statuses(), ["CANCELLED", "CONFIRMED", "FAILED"])

        self.assertEqual(self.cancel(), 1)
        reconciliation.reconcile(now=self.now)

        self.assert_everything_is_back()

    def test_the_sweep_finishes_cancelling_after_a_crash(self):
        with killed_after(lifecycle, "cancel_for_cinema"):
            self.cancel()

        with self.captureOnCommitCallbacks(execute=True):
            reconciliation.reconcile(now=self.now, include_fresh=False)

        self.assert_everything_is_back()

    def test_a_booking_cancelled_earlier_keeps_its_refund_by_the_rules(self):
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_booking(booking=self.paid[1], now=self.now)

        self.cancel()

        self.assertEqual([money_kept_for(booking) for booking in self.paid], [0, 24780 - 23600])

    def test_an_expired_booking_stays_expired(self):
        Booking.objects.filter(pk=self.waiting.pk).update(expires_at=self.now)
        lifecycle.expire_overdue(after(self.waiting))

        self.cancel()

        self.assertEqual(self.statuses(), ["CANCELLED", "CANCELLED", "EXPIRED"])


class TotalsBeforeCancellationTests(CancelledShowtimeTestCase):
    """The totals that staff see before they cancel."""

    def owed(self):
        return refunds.refund_totals(Showtime.objects.filter(pk=self.showtime.pk))

    def test_the_totals_are_what_was_paid_and_is_neither_refunded_nor_owed(self):
        buy(self.bob, make_showtime(), ["A1"])
        refunds.cancel_booking(booking=buy(self.eve, make_showtime(), ["A1"]), now=self.now)
        self.assertEqual(self.owed(), (2, {"INR": 49560 + 24780}))

        payment = self.paid[0].payments.get()
        given = refunds.refund_payment(payment=payment, amount=1000, reason="", now=self.now)
        failed = refunds.refund_payment(payment=payment, amount=500, reason="", now=self.now)
        Refund.objects.filter(pk=failed.pk).update(status="FAILED")
        self.assertEqual(given.status, "REQUESTED")

        self.assertEqual(self.owed(), (2, {"INR": 49560 + 24780 - 1000}))

    def test_cancelled_bookings_do_not_count_in_the_totals(self):
        refunds.cancel_booking(booking=self.paid[1], now=self.now)

        self.assertEqual(self.owed(), (1, {"INR": 49560}))

    def test_a_payment_that_needs_attention_does_not_count_in_the_totals(self):
        self.paid[0].payments.create(
            provider="demo", intent_id="demo_2", amount=500, received=500, currency="INR", status="MISMATCH"
        )

        self.assertEqual(self.owed(), (2, {"INR": 49560 + 24780}))
