import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from bookings import lifecycle, reconciliation


class Command(BaseCommand):
    help = "One sweep: PENDING past its time becomes EXPIRED. The seats are free already, by the clock."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, metavar="SECONDS", help="keep sweeping until SIGTERM")
        parser.add_argument(
            "--reconcile",
            action="store_true",
            help="also settle overdue payments, make refunds that are owed, and read the provider's news",
        )

    def handle(self, *, every, reconcile, **options):
        if every is None:
            self.sweep(reconcile)
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            close_old_connections()
            self.sweep(reconcile)
            stopped.wait(every)

    def sweep(self, reconcile):
        expired = lifecycle.expire_overdue(timezone.now())
        self.stdout.write(f"expired {expired}")
        if reconcile:
            done = reconciliation.reconcile(now=timezone.now(), fresh_too=False)
            self.stdout.write(reconciliation.report(done))
