"""Create showtimes and visitors for a benchmark, and print what the load needs as JSON.

python -m bench.data SHOWTIMES
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal

import django

ROWS, PLACES = 15, 20  # 300 seats
VISITORS = 16
USED = 100  # showtimes that the load uses, however many there are
CSRF = "a" * 32


def main(showtimes):
    django.setup()
    from django.conf import settings

    ids = _showtimes(showtimes)
    step = max(1, len(ids) // USED)
    data = {
        "showtimes": ids[::step][:USED],
        "cookies": [_cookie(number, settings) for number in range(VISITORS)],
    }
    print(json.dumps(data))


def _showtimes(count):
    from django.db import connection
    from django.utils import timezone

    from moviebooking.testing import make_movie, make_screen
    from theaters.models import Showtime

    layout = "\n".join("S" * PLACES for _ in range(ROWS))
    movies, screens = [make_movie() for _ in range(20)], [make_screen(layout) for _ in range(20)]
    start = timezone.now() + timedelta(days=1)
    Showtime.objects.bulk_create(
        (
            Showtime(
                movie=movies[number % 20],
                screen=screens[number // 20 % 20],
                start_time=start + timedelta(minutes=number),
                price=Decimal(200),
                available_seats=ROWS * PLACES,
            )
            for number in range(count)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(Showtime.objects.order_by("pk").values_list("pk", flat=True))


def _cookie(number, settings):
    """Create a visitor, log them in, and return their Cookie header."""
    from django.test import Client

    from moviebooking.testing import make_user

    client = Client()
    client.force_login(make_user(f"bench{number}"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
