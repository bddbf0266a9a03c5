import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import SimpleTestCase
from django.utils import timezone

from bookings import lifecycle
from bookings.management.commands.expire_bookings import Command
from bookings.models import Booking
from bookings.money import settlement
from moviebooking.testing import make_showtime, make_user

from .support.steps import BookingTestCase, book, hold, stored


def run(command, **options):
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue().splitlines()


class ExpireBookingsTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann, cls.bob = make_showtime("SSSS"), make_user(), make_user()

    def test_only_overdue_pending_bookings_expire(self):
        made = {
            (status, late): Booking.objects.create(
                user=self.ann,
                showtime=self.showtime,
                seats=["A1"],
                total_amount="1.00",
                status=status,
                expires_at=timezone.now() + timedelta(minutes=-1 if late else 1),
            )
            for status in Booking.Status.values
            for late in (True, False)
        }

        self.assertEqual(run("expire_bookings"), ["expired 1"])

        for (status, late), booking in made.items():
            expected = "EXPIRED" if (status, late) == ("PENDING", True) else status
            self.assertEqual(stored(booking).status, expected)
        self.assertEqual(run("expire_bookings"), ["expired 0"])

    def test_seats_are_free_at_the_deadline_with_or_without_a_sweep(self):
        booking = book(self.ann, self.showtime, ["A1"])

        self.assertEqual(hold(self.bob, self.showtime, ["A1"], now=booking.expires_at).seats, ["A1"])

    def test_a_deadline_that_was_moved_by_hand_frees_the_locks_with_the_sweep(self):
        booking = book(self.ann, self.showtime, ["A1"])
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())

        run("expire_bookings")

        self.assertEqual(hold(self.bob, self.showtime, ["A1"]).seats, ["A1"])

    def test_expire_bookings_reconcile_settles_payments_too(self):
        booking = book(self.ann, self.showtime, ["A1"])
        intent = settlement.begin_payment(booking=booking, now=timezone.now())
        settlement.provider("demo").pay(intent.id)
        Booking.objects.update(expires_at=timezone.now())

        self.assertEqual(
            run("expire_bookings", reconcile=True),
            ["expired 1", "settled 1, open 0, refunded 0, events 0, failed 0"],
        )
        self.assertEqual(stored(booking).status, "CONFIRMED")

    def test_reconcile_payments_says_what_it_did(self):
        book(self.ann, self.showtime, ["A1"])

        self.assertEqual(run("reconcile_payments"), ["settled 0, open 0, refunded 0, events 0, failed 0"])


class SweeperProcessTests(SimpleTestCase):
    def test_an_invalid_pause_is_refused(self):
        for every in (0, -1, float("nan"), float("inf"), 1e30, 24 * 3600 + 1):
            with self.subTest(every), self.assertRaises(CommandError) as refused:
                run("expire_bookings", every=every)
            self.assertEqual(
                str(refused.exception),
                f"--every {every:g}: the seconds have to be more than 0 and at most 86400.",
            )

    def test_the_sweeper_runs_until_sigterm_and_exits_0(self):
        environment = {"PATH": os.environ["PATH"], "DEBUG": "True", "DATABASE_URL": "sqlite:///:memory:"}
        program = (
            "import sys; sys.argv = ['manage.py', 'x'];"
            "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'moviebooking.settings';"
            "import django; django.setup();"
            "from django.core.management import call_command;"
            "call_command('migrate', verbosity=0);"
            "call_command('expire_bookings', every=0.05)"
        )
        sweeper = subprocess.Popen(
            [sys.executable, "-u", "-c", program],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            swept = [sweeper.stdout.readline() for _ in range(3)]
            sweeper.send_signal(signal.SIGTERM)
            self.assertEqual([swept, sweeper.wait(timeout=20)], [["expired 0\n"] * 3, 0])
        finally:
            sweeper.kill()
            sweeper.wait()
            sweeper.stdout.close()


class SweeperFaultToleranceTests(BookingTestCase):
    def test_neither_a_database_that_is_away_nor_a_bug_ends_a_sweeper(self):
        command = Command(stdout=io.StringIO())
        command.also = []

        for error in (OperationalError("gone"), ValueError("a bug")):
            away = mock.patch.object(lifecycle, "expire_overdue", side_effect=error)
            with away, self.assertLogs("bookings.management.commands.expire_bookings", "ERROR"):
                command.sweep_and_go_on()

    def test_with_alerts_the_sweep_sends_alerts(self):
        self.assertEqual(run("expire_bookings", alerts=True), ["expired 0", "told 0"])
