"""A showtime of which nothing was ever paid can be deleted; whatever has received money blocks it."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse
from django.utils import timezone

from bookings import checkout, lifecycle, payment_records
from bookings.models import Booking, Payment
from bookings.money import settlement, unpaid_bookings
from bookings.payments import demo_provider
from moviebooking.testing import make_showtime, make_user
from theaters.models import Showtime

from .support.fake_stripe import faults
from .support.steps import BookingTestCase, after, book, buy, stored
from .support.stripe_site import StripeTestCase

SOLD = "people have booked seats for it"
NOT_NOW = "Nothing was deleted"


class Deleting:
    def drop(self):
        checkout.drop_booking(booking=self.booking, now=timezone.now())

    def delete(self, row=None, **options):
        row = row or self.showtime
        address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])
        return self.client.post(address, {"post": "yes"}, follow=True, **options)

    def delete_chosen(self):
        data = {"action": "delete_selected", "post": "yes", ACTION_CHECKBOX_NAME: [self.showtime.pk]}
        return self.client.post(reverse("admin:theaters_showtime_changelist"), data, follow=True)

    def left(self):
        return [model.objects.count() for model in (Showtime, Booking, Payment)]

    def assert_blocked(self, words=SOLD, told=None):
        before = self.left()
        for answer in (self.delete(), self.delete_chosen()):
            self.assertContains(answer, words)
            if told:
                self.assertContains(answer, told)
        self.assertEqual(self.left(), before)


class DeleteTests(Deleting, BookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime(), make_user("ann")
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        self.booking = book(self.ann, self.showtime, ["A1"])

    def begin_payment(self):
        settlement.begin_payment(booking=self.booking, now=timezone.now())

    def test_a_booking_that_was_dropped_unpaid_goes_along(self):
        self.drop()

        self.delete()

        self.assertEqual(self.left(), [0, 0, 0])

    def test_the_page_says_so_before(self):
        self.drop()

        page = self.client.get(reverse("admin:theaters_showtime_delete", args=[self.showtime.pk]))

        self.assertNotContains(page, SOLD)
        self.assertContains(page, "<li>Bookings: 1</li>", html=True)

    def test_its_payment_is_withdrawn_at_the_provider_and_goes_along(self):
        self.begin_payment()
        intent = demo_provider.DemoIntent.objects.get()
        self.drop()

        self.delete()

        intent.refresh_from_db()
        self.assertEqual([self.left(), intent.status], [[0, 0, 0], "canceled"])

    def test_one_whose_time_is_over_goes_along_swept_or_not(self):
        Booking.objects.update(expires_at=timezone.now())

        self.delete()

        self.assertEqual(self.left(), [0, 0, 0])

    def test_the_action_in_the_list_and_what_is_above_do_the_same(self):
        self.begin_payment()
        self.drop()
        self.delete_chosen()
        self.assertEqual(self.left(), [0, 0, 0])

        for name in ("movie", "screen", "theater", "city"):
            with self.subTest(name):
                self.showtime = make_showtime()
                self.booking = book(self.ann, self.showtime, ["A1"])
                self.drop()
                screen = self.showtime.screen
                row = {"screen": screen, "theater": screen.theater, "city": screen.theater.city}.get(name)
                self.delete(row or self.showtime.movie)
                self.assertEqual(self.left(), [0, 0, 0])

    def test_one_that_can_still_be_paid_blocks(self):
        self.assert_blocked(told=self.booking.reference)

    def test_one_that_was_paid_blocks_and_the_others_stay_with_it(self):
        self.drop()
        sold = buy(make_user("bob"), self.showtime, ["A2"])

        self.assert_blocked(told=sold.reference)

    def test_money_that_was_ever_received_blocks(self):
        self.begin_payment()
        self.drop()
        for status, received in (("MISMATCH", 0), ("MISMATCH", 60), ("OPEN", 60), ("REFUNDED", 24780)):
            with self.subTest(status, received=received):
                Payment.objects.update(status=status, received=received)
                self.assert_blocked(told=self.booking.reference)

    def test_money_that_has_come_unheard_blocks(self):
        self.begin_payment()
        self.drop()
        demo_provider.DemoIntent.objects.update(status="succeeded")

        self.assert_blocked(told=self.booking.reference)

        self.assertEqual(Payment.objects.get().status, "REFUND_DUE")

    def test_a_payment_that_the_provider_does_not_have_goes_along(self):
        Payment.objects.create(
            booking=self.booking, provider="demo", intent_id="demo_gone", amount=24780, currency="INR"
        )
        self.drop()

        with self.assertLogs("bookings.money.unpaid_bookings", "WARNING"):
            self.delete()

        self.assertEqual(self.left(), [0, 0, 0])

    def test_what_has_received_money_since_it_was_looked_at_stays(self):
        self.begin_payment()
        self.drop()
        chosen = unpaid_bookings.without_money(Booking.objects.all())
        lifecycle.fail_payment(payment_id=Payment.objects.get().pk, now=timezone.now())
        rows = Booking.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)))
        with self.assertLogs("bookings.payment_records", "ERROR"):
            payment_records.flag_for_staff(
                payment_id=Payment.objects.get().pk, remark="amount is 60", received=60
            )

        unpaid_bookings.delete(rows)

        self.assertEqual(self.left(), [1, 1, 1])

    def test_who_may_not_delete_asks_no_provider(self):
        self.begin_payment()
        self.drop()
        self.client.force_login(make_user(is_staff=True))

        self.assertEqual(self.delete().status_code, 403)

        self.assertEqual([self.left(), Payment.objects.get().status], [[1, 1, 1], "OPEN"])

    def test_a_key_that_is_none_is_no_fault(self):
        data = {"action": "delete_selected", "post": "yes", ACTION_CHECKBOX_NAME: ["x", "9" * 40]}
        address = reverse("admin:theaters_showtime_changelist")

        self.assertLess(self.client.post(address, data).status_code, 500)
        self.assertLess(
            self.client.post(
                reverse("admin:theaters_showtime_delete", args=["x"]), {"post": "yes"}
            ).status_code,
            500,
        )

    def test_a_late_payment_keeps_its_booking(self):
        self.begin_payment()
        late = after(self.booking)
        lifecycle.expire_overdue(late)
        demo_provider.DemoIntent.objects.update(status="succeeded")

        self.assert_blocked(told=self.booking.reference)

        self.assertEqual(stored(self.booking).status, "CONFIRMED")


class SilentProviderTests(Deleting, StripeTestCase):
    def test_a_provider_that_does_not_answer_blocks_and_the_page_says_why(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        intent = self.begin()
        self.drop()
        silence = [faults.Status(500) for _ in range(6)]
        self.fake.misbehave("GET", f"/v1/payment_intents/{intent.id}", *silence)

        with self.assertLogs("bookings.money.unpaid_bookings", "WARNING"):
            self.assert_blocked(NOT_NOW)
        self.delete()

        self.assertEqual(self.left(), [0, 0, 0])
        self.assertEqual(self.fake.ledger.intents[intent.id]["status"], "canceled")
