"""Stripe, PostgreSQL and Redis at once: parallel clicks, the deadline, refunds, and killed processes."""

import os
import signal
import subprocess
import sys
from functools import partial
from time import sleep

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Booking, Payment, Refund, Ticket
from bookings.money import reconciliation, refunds, settlement
from moviebooking.testing import JSON, make_movie, make_screen

from .support.fake_stripe import faults
from .support.invariants import assert_seats_consistent
from .support.races import instances_of, on_real_servers, race
from .support.steps import after, book, make_showtime, stored
from .support.stripe_site import PRICE, CommittedStripeTestCase

CLICKS, ROUNDS = 10, 50
INTENTS = "/v1/payment_intents"


@on_real_servers
class ParallelRequestTests(CommittedStripeTestCase):
    def test_ten_parallel_posts_get_the_same_intent(self):
        self.fake.add_faults("POST", INTENTS, faults.SlowResponse(0.05))
        page = f"/bookings/{self.booking.reference}/pay/"

        def click():
            client = Client()
            client.force_login(self.ann)
            return client.post(page, headers=JSON)

        answers = race(*[click] * CLICKS)

        self.assertEqual([one.status_code for one in answers], [200] * CLICKS)
        secrets = {one["client_secret"] for one in self.fake.ledger.intents.values()}
        self.assertEqual({one.json()["client_secret"] for one in answers}, secrets)
        self.assertEqual([len(secrets), Payment.objects.count()], [1, 1])

    def test_webhook_return_page_and_reconcile_at_once_make_one_set_of_tickets(self):
        self.pay()
        delivery = self.fake.deliveries("payment_intent.succeeded")[0]
        now = timezone.now()

        race(
            *[partial(self.deliver, delivery)] * 4,
            *[partial(settlement.refresh_from_provider, self.booking, now=now)] * 3,
            partial(reconciliation.reconcile, now=now),
        )

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        self.assertEqual([Ticket.objects.count(), Refund.objects.count()], [2, 0])

    def test_simultaneous_refunds_never_add_up_to_more_than_was_received(self):
        self.pay()
        self.deliver(*self.fake.deliveries("payment_intent.succeeded"))
        refund = partial(
            refunds.refund_payment, payment=self.payment(), amount=PRICE // 4, reason="", now=timezone.now()
        )

        made = instances_of(Refund, race(*[refund] * CLICKS))

        self.assertEqual(
            [len(made), self.refunded_and_kept(), self.payment().status], [4, (PRICE, 0), "REFUNDED"]
        )

    def test_one_refund_processed_by_many_workers_is_made_once(self):
        self.pay()
        self.deliver(*self.fake.deliveries("payment_intent.succeeded"))
        refund = Refund.objects.create(payment=self.payment(), amount=5000)

        race(*[partial(refunds.make_refund.call, refund.pk)] * CLICKS)

        refund.refresh_from_db()
        self.assertEqual([refund.status, len(self.fake.ledger.refunds)], ["SUCCEEDED", 1])


@on_real_servers
class StripeDeadlineRaceTests(CommittedStripeTestCase):
    """Payment, webhook, the sweep that cancels the intent, and another visitor race at the deadline."""

    def setUp(self):
        super().setUp()
        self.movie, self.screen = make_movie(), make_screen("SS")

    def race_at_deadline(self):
        showtime = make_showtime(movie=self.movie, screen=self.screen)
        booking = book(self.ann, showtime, ["A1"])
        intent = settlement.begin_payment(booking=booking, now=timezone.now())
        late = after(booking)

        def pay_and_deliver_event():
            self.fake.pay(intent.id)
            events = [
                one
                for one in self.fake.deliveries("payment_intent.succeeded")
                if intent.id.encode() in one.body
            ]
            return self.deliver(*events)

        race(
            pay_and_deliver_event,
            partial(lifecycle.expire_overdue, late),
            partial(reconciliation.reconcile, now=late, include_fresh=False),
            partial(buy_by_demo, self.bob, showtime, late),
        )
        reconciliation.reconcile(now=late)
        return showtime, booking, intent

    def test_money_is_kept_only_for_confirmed_bookings_and_no_seat_is_sold_twice(self):
        outcomes = set()
        for _ in range(ROUNDS):
            showtime, booking, intent = self.race_at_deadline()

            assert_seats_consistent(self, showtime)
            charge = self.fake.ledger.intent(intent.id)["latest_charge"]
            kept = self.money_kept_for(charge) if charge else 0
            status = stored(booking).status
            self.assertEqual(kept, int(booking.total_amount * 100) if status == "CONFIRMED" else 0)
            self.assertFalse(Payment.objects.filter(status="OPEN").exists())
            outcomes.add((status, bool(charge)))
        self.assertLessEqual(outcomes, {("CONFIRMED", True), ("EXPIRED", True), ("EXPIRED", False)})

    def money_kept_for(self, charge_id):
        charge = self.fake.ledger.charges[charge_id]
        return charge["amount"] - charge["amount_refunded"]


def buy_by_demo(user, showtime, now):
    """Buy A1 for another visitor, with a demo payment."""
    booking = book(user, showtime, ["A1"], now=now)
    payment = lifecycle.open_payment(booking_id=booking.pk, provider="demo", amount=100, now=now)
    return lifecycle.confirm(payment_id=payment.pk, now=now)


KILLED_PROGRAM = """
import django, sys
django.setup()
from django.conf import settings
settings.REDIS_KEY_PREFIX, reference, step = sys.argv[1:]
from django.utils import timezone
from bookings.money import reconciliation, settlement
from bookings.models import Booking
booking = Booking.objects.get(reference=reference)
if step == "begin":
    settlement.begin_payment(booking=booking, now=timezone.now())
else:
    reconciliation.reconcile(now=booking.expires_at)
"""


@on_real_servers
class KilledProcessTests(CommittedStripeTestCase):
    """A process is killed while Stripe handles its request."""

    def kill_during(self, step, verb, path):
        blocked = faults.BlockedRequest()
        self.fake.add_faults(verb, path, blocked)
        program = subprocess.Popen(
            [sys.executable, "-c", KILLED_PROGRAM, settings.REDIS_KEY_PREFIX, self.booking.reference, step],
            cwd=settings.BASE_DIR,
            env={**os.environ, **self.environment()},
            stdout=subprocess.DEVNULL,
        )
        try:
            self.assertTrue(blocked.arrived.wait(60), "the process never called Stripe")
        finally:
            program.send_signal(signal.SIGKILL)
            blocked.release()
        self.assertEqual(program.wait(10), -signal.SIGKILL)

    def environment(self):
        database = connection.settings_dict
        host, port = database["HOST"], database["PORT"] or 5432
        return {
            "DJANGO_SETTINGS_MODULE": "moviebooking.settings",
            "DEBUG": "True",
            "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{host}:{port}/{database['NAME']}",
            "REDIS_URL": settings.REDIS_URL,
            "PAYMENT_PROVIDER": "stripe",
            "STRIPE_SECRET_KEY": settings.STRIPE_SECRET_KEY,
            "STRIPE_PUBLISHABLE_KEY": settings.STRIPE_PUBLISHABLE_KEY,
            "STRIPE_API_BASE": settings.STRIPE_API_BASE,
        }

    def wait_until_made(self, stripe_objects):
        """Let Stripe finish handling the request of the killed process."""
        for _ in range(200):
            if stripe_objects:
                return
            sleep(0.02)
        self.fail("Stripe never finished the request")

    def test_after_a_kill_while_the_intent_is_made_the_visitor_pays_the_same_intent(self):
        self.kill_during("begin", "POST", INTENTS)
        self.wait_until_made(self.fake.ledger.intents)
        self.assertEqual(self.payment().intent_id, "")

        self.pay()
        reconciliation.reconcile(now=timezone.now())

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        self.assertEqual([len(self.fake.ledger.intents), self.refunded_and_kept()], [1, (0, PRICE)])

    def test_after_a_kill_while_a_refund_is_made_it_is_made_once(self):
        self.pay()
        Booking.objects.filter(pk=self.booking.pk).update(status=Booking.Status.FAILED)
        lifecycle.owe_refund(payment_id=self.payment().pk, reason="", now=timezone.now())
        self.kill_during("reconcile", "POST", "/v1/refunds")
        self.wait_until_made(self.fake.ledger.refunds)
        self.assertEqual(Refund.objects.get().status, "REQUESTED")
        self.fake.idempotency_keys.forget()

        reconciliation.reconcile(now=timezone.now())

        self.assertEqual([self.status(), self.refunded_and_kept()], [("FAILED", "REFUNDED"), (PRICE, 0)])
        self.assertEqual(len(self.fake.ledger.refunds), 1)

    def test_after_a_kill_while_a_late_payment_is_fetched_the_next_reconcile_confirms_it(self):
        self.pay()
        self.kill_during("reconcile", "GET", INTENTS)

        reconciliation.reconcile(now=self.late)

        self.assertEqual(self.status(), ("CONFIRMED", "SUCCEEDED"))
        assert_seats_consistent(self, self.showtime)
