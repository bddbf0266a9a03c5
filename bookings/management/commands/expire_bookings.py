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
    help = "One sweep: PENDING past its time becomes EXPIRED; its seats are free already. Owed mails go out."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, metavar="SECONDS", help="keep sweeping until SIGTERM")
        parser.add_argument(
            "--reconcile",
            action="store_true",
            help="also settle overdue payments, make refunds that are owed, and read the provider's news",
        )

        parser.add_argument(
            "--alerts",
            action="store_true",
            help="also write to who asked to be told when a film's booking opens",
        )

    def handle(self, *, every, reconcile, alerts, **options):
        self.also = [task for asked, task in ((reconcile, self.reconcile), (alerts, self.tell)) if asked]
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
            self.sweep_on()
            stopped.wait(every)

    def sweep_on(self):
        """Neither a database that is away for a while nor a bug ends the sweeper: what is overdue still is at
        the next sweep, and nobody else would let bookings expire meanwhile.
        """
        try:
            self.sweep()
        except Exception:
            logger.exception("This sweep did not finish")

    def sweep(self):
        self.stdout.write(f"expired {checkout.expire_overdue(now=timezone.now())}")
        if sent := emails.send_owed(now=timezone.now()):
            self.stdout.write(f"mails sent again {sent}")
        for task in self.also:
            task()

    def reconcile(self):
        done = reconciliation.reconcile(now=timezone.now(), include_fresh=False)
        self.stdout.write(reconciliation.report(done))

    def tell(self):
        self.stdout.write(f"told {send_due(now=timezone.now())}")
