from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.money import reconciliation


class Command(BaseCommand):
    help = (
        "Ask the payment provider about every unresolved payment and refund, fresh ones too, and settle it."
    )

    def handle(self, **options):
        self.stdout.write(reconciliation.report(reconciliation.reconcile(now=timezone.now())))
