from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import loading


class Command(BaseCommand):
    help = "Load the demo cinema: cities, cinemas, movies, a week of showtimes. What is there is kept."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, help="so many times the cinema, for load tests")

    def handle(self, *, scale, **options):
        if scale < 1:
            raise CommandError("--scale is 1 or more.")
        loaded = loading.load(scale=scale, now=timezone.now())
        self.stdout.write(
            f"Added {loaded.movies} movies, {loaded.theaters} cinemas, {loaded.screens} screens, "
            f"{loaded.showtimes} showtimes, {loaded.tickets} tickets."
        )
        for account in loaded.accounts:
            role = "Staff" if account.is_staff else "Visitor"
            self.stdout.write(f"{role} account: {account.username} {account.password or '(password kept)'}")
