"""Cancelling refunds the amount that the button showed, or asks again."""

import re
from datetime import timedelta

from django.utils import timezone

from bookings.models import Payment, Refund
from bookings.money import refunds
from moviebooking.testing import JSON, make_showtime, make_user

from .support.steps import BookingTestCase, buy, stored


class QuotedRefundTests(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.ann = make_user()
        self.client.force_login(self.ann)
        self.showtime = make_showtime("SSSS", start_time=timezone.now() + timedelta(hours=3))
        self.booking = buy(self.ann, self.showtime, ["A1", "A2"])
        self.page = self.booking.get_absolute_url()

    def quoted(self):
        return re.search(
            r'name="quoted_refund" value="([^"]*)"', self.client.get(self.page).content.decode()
        )[1]

    def cancel(self, quoted, **how):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(f"{self.page}cancel/", {"quoted_refund": quoted}, **how)

    def half_is_left(self):
        self.showtime.start_time = timezone.now() + timedelta(minutes=60)
        self.showtime.save(update_fields=["start_time"])

    def test_the_quoted_amount_is_refunded(self):
        quoted = self.quoted()

        self.assertRedirects(self.cancel(quoted), self.page)

        self.assertEqual([quoted, Refund.objects.get().amount], ["472.00", 47200])

    def test_if_the_refund_has_changed_the_page_asks_again_with_the_new_amount(self):
        quoted = self.quoted()
        self.half_is_left()

        answer = self.cancel(quoted)

        self.assertContains(answer, "Nothing is cancelled yet", status_code=409)
        self.assertContains(answer, "Cancel and refund ₹236.00", status_code=409)
        self.assertEqual([stored(self.booking).status, Refund.objects.count()], ["CONFIRMED", 0])
        self.assertRedirects(self.cancel(self.quoted()), self.page)
        self.assertEqual(Refund.objects.get().amount, 23600)

    def test_a_changed_refund_is_named_in_json(self):
        answer = self.cancel("495.60", headers=JSON)

        self.assertEqual((answer.status_code, answer.json()), (409, {"error": "refund_changed"}))

    def test_without_a_quoted_amount_the_rules_apply(self):
        self.assertRedirects(self.cancel(""), self.page)

        self.assertEqual(Refund.objects.get().amount, 47200)

    def test_an_unreadable_amount_is_refused_as_changed(self):
        for quoted in ("a lot", "NaN", "sNaN"):
            with self.subTest(quoted):
                self.assertEqual(self.cancel(quoted).status_code, 409)
        self.assertEqual(stored(self.booking).status, "CONFIRMED")

    def test_a_booking_that_was_refunded_is_offered_no_refund(self):
        payment = Payment.objects.get()
        with self.captureOnCommitCallbacks(execute=True):
            refunds.refund_payment(payment=payment, amount=payment.received, reason="", now=timezone.now())

        page = self.client.get(self.page)

        self.assertContains(page, "Cancel without a refund")
        self.assertNotContains(page, "Cancel and refund")
