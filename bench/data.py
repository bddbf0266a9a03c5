"""Create showtimes, visitors and a catalogue for a benchmark, and print what the load needs as JSON.

python -m bench.data SHOWTIMES [--visitors 16] [--scale 0]
"""

import json
from argparse import ArgumentParser
from datetime import timedelta

import django

ROWS, PLACES = 15, 20  # 300 seats
LAYOUT = "\n".join("S" * PLACES for _ in range(ROWS))
VISITORS = 16
USED = 100  # showtimes that the load uses, however many there are
TEMPLATES = 20  # showtimes that the others are copies of, each on a screen of its own
CSRF = "a" * 32


def main(showtimes, visitors, scale):
    django.setup()
    from . import catalogue

    print(
        json.dumps(
            {
                "showtimes": _showtimes(showtimes),
                "cookies": _cookies(visitors),
                "pages": catalogue.load(scale) if scale else {},
            }
        )
    )


def _showtimes(count):
    """Create that many showtimes of 300 seats. Return the keys of those that the load uses."""
    from moviebooking.testing import make_movie, make_screen, make_showtime
    from theaters.models import Showtime

    from .catalogue import analyze, multiply

    few = min(count, TEMPLATES)
    templates = [make_showtime(movie=make_movie(), screen=make_screen(LAYOUT)).pk for _ in range(few)]
    multiply(templates, count // few - 1, every=timedelta(minutes=1))
    analyze()
    ids = list(Showtime.objects.order_by("pk").values_list("pk", flat=True))
    return ids[:: max(1, len(ids) // USED)][:USED]


def _cookies(count):
    """Create that many logged-in visitors. Return their Cookie headers."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    user_model = get_user_model()
    users = user_model.objects.bulk_create(
        user_model(username=f"bench{number}", email=f"bench{number}@example.test", password="!")
        for number in range(count)
    )
    store, expires = Session.get_session_store_class()(), timezone.now() + timedelta(days=1)
    sessions = [
        Session(
            session_key=f"{user.pk:032d}",
            expire_date=expires,
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
        )
        for user in users
    ]
    Session.objects.bulk_create(sessions)
    return [
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        for session in sessions
    ]


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("showtimes", type=int)
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--scale", type=int, default=0)
    main(**vars(parser.parse_args()))
