"""One booking, paid many times at once."""

from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings import payment_records
from bookings.models import Booking, DemoIntent, Payment, Refund, Ticket
from bookings.money import settlement
from bookings.payments import provider

from .support.invariants import assert_money_consistent, assert_seats_consistent, money_kept_for, price_of
from .support.races import on_real_servers, race
from .support.steps import CommittedBookingTestCase, book, make_showtime, make_user, stored

CLICKS = 10


@on_real_servers
class PayRaceTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime(), make_user()
        self.booking = book(self.ann, self.showtime, ["A1", "A2"])

    def click(self, outcome):
        """POST the payment form from a new browser session."""
        client = Client()
        client.force_login(self.ann)
        page = f"/bookings/{self.booking.reference}/pay/"
        return lambda: client.post(page, {"outcome": outcome})

    def test_ten_simultaneous_clicks_make_one_payment_one_intent_and_one_set_of_tickets(self):
        answers = race(*[self.click("success") for _ in range(CLICKS)])

        detail = f"/bookings/{self.booking.reference}/"
        self.assertEqual([(one.status_code, one["Location"]) for one in answers], [(302, detail)] * CLICKS)
        self.assertEqual([Payment.objects.count(), DemoIntent.objects.count()], [1, 1])
        tickets = Ticket.objects.order_by("seat").values_list("seat", flat=True)
        self.assertEqual([list(tickets), Refund.objects.count()], [["A1", "A2"], 0])
        self.assertEqual(money_kept_for(self.booking), price_of(self.booking))
        self.assertEqual([self.booking.reference in one.subject for one in mail.outbox], [True])

    def test_simultaneous_success_and_failure_end_as_one_of_them(self):
        race(*[self.click(outcome) for outcome in ("success", "failure") * (CLICKS // 2)])

        self.assertIn(stored(self.booking).status, [Booking.Status.CONFIRMED, Booking.Status.FAILED])
        self.assertEqual([Payment.objects.count(), DemoIntent.objects.count()], [1, 1])
        assert_seats_consistent(self, self.showtime)
        assert_money_consistent(self, self.showtime)

    def test_settling_a_payment_of_a_failed_booking_ten_times_at_once_refunds_it_once(self):
        now = timezone.now()
        intent = settlement.begin_payment(booking=self.booking, now=now)
        paid = provider("demo").pay(intent.id)
        Booking.objects.filter(pk=self.booking.pk).update(status=Booking.Status.FAILED)

        race(*[lambda: settlement.settle(intent=paid, now=now)] * CLICKS)

        refunds = Refund.objects.values_list("status", "amount")
        self.assertEqual(list(refunds), [("SUCCEEDED", price_of(self.booking))])
        self.assertEqual(money_kept_for(self.booking), 0)

    def test_of_two_payments_of_one_booking_settled_at_once_one_is_refunded(self):
        """The first payment was cancelled on this site but paid at the provider, so a second one exists."""
        now, intents = timezone.now(), []
        for _ in range(2):
            Payment.objects.update(status=Payment.Status.CANCELED)
            payment = Payment.objects.create(
                booking=self.booking, provider="demo", amount=price_of(self.booking), currency="INR"
            )
            intent = settlement.fetch_intent(payment)
            payment_records.record_intent_id(payment, intent.id)
            intents.append(provider("demo").pay(intent.id))

        race(*[lambda intent=intent: settlement.settle(intent=intent, now=now) for intent in intents])

        self.assertEqual(stored(self.booking).status, "CONFIRMED")
        statuses = Payment.objects.values_list("status", flat=True)
        self.assertEqual(sorted(statuses), ["REFUNDED", "SUCCEEDED"])
        self.assertEqual(money_kept_for(self.booking), price_of(self.booking))
        assert_seats_consistent(self, self.showtime)
