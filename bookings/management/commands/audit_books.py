from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.money import audit


class Command(BaseCommand):
    help = "Check that seats and money add up. Exits 1 with a list of what does not."

    def handle(self, **options):
        wrong = audit.audit(timezone.now())
        for sentence in wrong:
            self.stdout.write(sentence)
        if wrong:
            raise SystemExit(1)
        self.stdout.write("The books are in order.")
