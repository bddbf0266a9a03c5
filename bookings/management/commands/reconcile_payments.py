from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import settlement


class Command(BaseCommand):
    help = (
        "Ask the payment provider about every unresolved payment and refund, fresh ones too, and settle it."
    )

    def handle(self, **options):
        self.stdout.write(settlement.report(settlement.reconcile(now=timezone.now())))
