from django.core.management.base import BaseCommand
from django.utils import timezone

from movies import alerts


class Command(BaseCommand):
    help = "Email everyone who asked to be notified, once, for movies whose booking is open by now."

    def handle(self, **options):
        self.stdout.write(f"told {alerts.send_due(now=timezone.now())}")
