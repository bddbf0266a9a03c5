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


class DeleteShowtimeSteps:
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


class DeleteShowtimeTests(DeleteShowtimeSteps, BookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime(), make_user("ann")
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        self.booking = book(self.ann, self.showtime, ["A1"])

    def begin_payment(self):
        settlement.begin_payment(booking=self.booking, now=timezone.now())

    def test_a_dropped_unpaid_booking_is_deleted_with_its_showtime(self):
        self.drop()

        self.delete()

        self.assertEqual(self.left(), [0, 0, 0])

    def test_the_confirmation_page_names_the_bookings_to_be_deleted(self):
        self.drop()

        page = self.client.get(reverse("admin:theaters_showtime_delete", args=[self.showtime.pk]))

        self.assertNotContains(page, SOLD)
        self.assertContains(page, "<li>Bookings: 1</li>", html=True)

    def test_an_open_payment_is_withdrawn_at_the_provider_and_deleted(self):
        self.begin_payment()
        intent = demo_provider.DemoIntent.objects.get()
        self.drop()

        self.delete()

        intent.refresh_from_db()
        self.assertEqual([self.left(), intent.status], [[0, 0, 0], "canceled"])

    def test_an_overdue_booking_is_deleted_whether_swept_or_not(self):
        Booking.objects.update(expires_at=timezone.now())

        self.delete()

        self.assertEqual(self.left(), [0, 0, 0])

    def test_the_list_action_and_deleting_a_parent_row_do_the_same(self):
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

    def test_a_booking_that_can_still_be_paid_blocks_the_deletion(self):
        self.assert_blocked(told=self.booking.reference)

    def test_a_paid_booking_blocks_the_deletion_and_the_others_stay(self):
        self.drop()
        sold = buy(make_user("bob"), self.showtime, ["A2"])

        self.assert_blocked(told=sold.reference)

    def test_money_that_was_ever_received_blocks_the_deletion(self):
        self.begin_payment()
        self.drop()
        for status, received in (("MISMATCH", 0), ("MISMATCH", 60), ("OPEN", 60), ("REFUNDED", 24780)):
            with self.subTest(status, received=received):
                Payment.objects.update(status=status, received=received)
                self.assert_blocked(told=self.booking.reference)

    def test_a_payment_not_yet_known_here_blocks_the_deletion(self):
        self.begin_payment()
        self.drop()
        demo_provider.DemoIntent.objects.update(status="succeeded")

        self.assert_blocked(told=self.booking.reference)

        self.assertEqual(Payment.objects.get().status, "REFUND_DUE")

    def test_a_payment_that_the_provider_does_not_know_is_deleted(self):
        Payment.objects.create(
            booking=self.booking, provider="demo", intent_id="demo_gone", amount=24780, currency="INR"
        )
        self.drop()

        with self.assertLogs("bookings.money.unpaid_bookings", "WARNING"):
            self.delete()

        self.assertEqual(self.left(), [0, 0, 0])

    def test_a_booking_that_was_paid_meanwhile_stays(self):
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

    def test_the_provider_is_not_called_for_users_who_may_not_delete(self):
        self.begin_payment()
        self.drop()
        self.client.force_login(make_user(is_staff=True))

        self.assertEqual(self.delete().status_code, 403)

        self.assertEqual([self.left(), Payment.objects.get().status], [[1, 1, 1], "OPEN"])

    def test_an_invalid_key_is_not_an_error(self):
        data = {"action": "delete_selected", "post": "yes", ACTION_CHECKBOX_NAME: ["x", "9" * 40]}
        address = reverse("admin:theaters_showtime_changelist")

        self.assertLess(self.client.post(address, data).status_code, 500)
        self.assertLess(
            self.client.post(
                reverse("admin:theaters_showtime_delete", args=["x"]), {"post": "yes"}
            ).status_code,
            500,
        )

    def test_a_late_payment_blocks_the_deletion_of_its_booking(self):
        self.begin_payment()
        late = after(self.booking)
        lifecycle.expire_overdue(late)
        demo_provider.DemoIntent.objects.update(status="succeeded")

        self.assert_blocked(told=self.booking.reference)

        self.assertEqual(stored(self.booking).status, "CONFIRMED")


class DeleteWhileProviderIsSilentTests(DeleteShowtimeSteps, StripeTestCase):
    def test_a_silent_provider_blocks_the_deletion_and_the_page_says_why(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        intent = self.begin()
        self.drop()
        silence = [faults.ErrorStatus(500) for _ in range(6)]
        self.fake.add_faults("GET", f"/v1/payment_intents/{intent.id}", *silence)

        with self.assertLogs("bookings.money.unpaid_bookings", "WARNING"):
            self.assert_blocked(NOT_NOW)
        self.delete()

        self.assertEqual(self.left(), [0, 0, 0])
        self.assertEqual(self.fake.ledger.intents[intent.id]["status"], "canceled")
