"""A reference leads to its booking in lower case and with separators, too."""

from django.test import SimpleTestCase
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bookings import references
from bookings.models import Booking, PaymentEvent
from bookings.money import settlement
from bookings.payments import SUCCEEDED, Intent
from moviebooking.typed_codes import canonical_code

from .support.steps import BookingTestCase, book, buy, make_showtime, make_user, stored


def typed(reference):
    """Return the reference as people may type it."""
    groups = [reference[:4], reference[4:8], reference[8:]]
    return [reference.lower(), "-".join(groups), "-".join(groups).lower(), " ".join(groups), "–".join(groups)]


class TypedReferenceTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.bob, cls.showtime = make_user(), make_user(), make_showtime()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.booking = buy(self.ann, self.showtime, ["A1"])

    def test_every_booking_page_redirects_a_typed_reference_to_its_canonical_address(self):
        for page in ("", "ticket.pdf", "receipt.pdf", "calendar.ics"):
            for text in typed(self.booking.reference):
                with self.subTest(page, text=text):
                    led = self.client.get(f"/bookings/{text}/{page}?from=mail")
                    address = f"/bookings/{self.booking.reference}/{page}?from=mail"
                    self.assertRedirects(led, address, status_code=301)

    def test_the_payment_page_redirects_a_typed_reference(self):
        waiting = book(self.ann, self.showtime, ["A2"])

        led = self.client.get(f"/bookings/{waiting.reference.lower()}/pay/")

        self.assertRedirects(led, f"/bookings/{waiting.reference}/pay/", status_code=301)

    def test_a_form_posted_to_a_typed_reference_is_processed(self):
        done = self.client.post(f"/bookings/{self.booking.reference.lower()}/cancel/")

        self.assertRedirects(done, self.booking.get_absolute_url())
        self.assertEqual(stored(self.booking).status, "CANCELLED")

    def test_an_anonymous_visitor_gets_there_after_login(self):
        self.client.logout()

        asked = self.client.get(f"/bookings/{self.booking.reference.lower()}/")

        self.assertRedirects(
            asked, f"/accounts/login/?next=/bookings/{self.booking.reference.lower()}/", status_code=302
        )

    def test_a_strangers_reference_and_an_unknown_one_are_not_found(self):
        self.client.force_login(self.bob)
        for text in (*typed(self.booking.reference), "no-such", "no.such", "-", "%00", "a" * 41, "ſ"):
            with self.subTest(text):
                self.assertEqual(self.client.get(f"/bookings/{text}/").status_code, 404)

    def test_staff_find_a_booking_by_its_typed_reference(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        intent_id = self.booking.payments.get().intent_id
        PaymentEvent.objects.create(
            event_id="e", type="t", intent_id=intent_id, created_at=self.booking.created_at
        )
        for model in ("booking", "payment", "ticket", "paymentevent"):
            for text in typed(self.booking.reference):
                with self.subTest(model, text=text):
                    page = self.client.get(reverse(f"admin:bookings_{model}_changelist"), {"q": text})
                    self.assertEqual(page.context["cl"].result_count, 1)

    def test_a_payment_with_a_typed_reference_confirms_the_booking(self):
        waiting = book(self.ann, self.showtime, ["A2"])
        intent = Intent(
            id="demo_typed",
            status=SUCCEEDED,
            amount=24780,
            received=24780,
            currency="INR",
            reference=f" {waiting.reference.lower()}",
        )

        settlement.adopt_unrequested_payment(intent, provider="demo")
        settlement.settle(intent=intent, now=waiting.created_at)

        self.assertEqual(Booking.objects.get(pk=waiting.pk).status, "CONFIRMED")


class CanonicalReferenceTests(SimpleTestCase):
    @given(
        st.lists(st.text(references.ALPHABET, min_size=1), min_size=1), st.sampled_from(["", "-", " ", "–"])
    )
    def test_groups_and_case_do_not_matter(self, groups, separator):
        self.assertEqual(canonical_code(separator.join(groups).lower()), "".join(groups))

    def test_other_search_terms_stay_unchanged(self):
        for text in ("ann-marie", "pi_3NabcDEF", "", "a-b", references.new_reference() + "A"):
            self.assertIsNone(references.typed_reference(text))
