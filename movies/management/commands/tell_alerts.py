from django.core.management.base import BaseCommand
from django.utils import timezone

from movies import alerts


class Command(BaseCommand):
    help = "Mail everybody who asked to be told, once, for films whose seats are on sale by now."

    def handle(self, **options):
        self.stdout.write(f"told {alerts.tell_due(now=timezone.now())}")
