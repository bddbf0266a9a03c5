import logging
import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from bookings import checkout, emails
from bookings.money import reconciliation
from movies.alerts import send_due

logger = logging.getLogger(__name__)
LONGEST_PAUSE = 24 * 3600  # seconds


class Command(BaseCommand):
    help = "Run one sweep: overdue bookings become EXPIRED, and owed emails are sent."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, metavar="SECONDS", help="keep sweeping until SIGTERM")
        parser.add_argument(
            "--reconcile",
            action="store_true",
            help="also settle overdue payments, make owed refunds, and read the provider's events",
        )

        parser.add_argument(
            "--alerts",
            action="store_true",
            help="also send alerts for movies whose booking has opened",
        )

    def handle(self, *, every, reconcile, alerts, **options):
        self.also = []
        if reconcile:
            self.also.append(self.reconcile)
        if alerts:
            self.also.append(self.send_alerts)
        if every is None:
            self.sweep()
            return
        if not 0 < every <= LONGEST_PAUSE:  # NaN, too
            raise CommandError(
                f"--every {every:g}: the seconds have to be more than 0 and at most {LONGEST_PAUSE}."
            )
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            close_old_connections()
            self.sweep_and_go_on()
            stopped.wait(every)

    def sweep_and_go_on(self):
        """Sweep, and only log what goes wrong: nothing else expires bookings if this process ends."""
        try:
            self.sweep()
        except Exception:
            logger.exception("This sweep did not finish")

    def sweep(self):
        self.stdout.write(f"expired {checkout.expire_overdue(now=timezone.now())}")
        if sent := emails.send_owed(now=timezone.now()):
            self.stdout.write(f"emails sent again {sent}")
        for task in self.also:
            task()

    def reconcile(self):
        done = reconciliation.reconcile(now=timezone.now(), include_fresh=False)
        self.stdout.write(reconciliation.report(done))

    def send_alerts(self):
        self.stdout.write(f"told {send_due(now=timezone.now())}")
