"""The demo cinema's showtimes. They are always the same for a screen and day."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from theaters.models import Showtime

OPENS, LAST_START = time(9, 30), time(22, 30)
STEP = timedelta(minutes=5)
WEEKEND, MATINEE = 40, -60  # on the price, in whole units of the currency
DAYS = 7


def showtimes_of(screen, date, *, demo_theater, line_up):
    """Return the screen's showtimes of one day, unsaved.

    `line_up` has the theater's movies as (DemoMovie, Movie); a screen shows three of them a day, in turn.
    """
    chance = Random(f"{screen.theater.slug} {screen.name} {date}")
    entries = chance.sample(line_up, min(3, len(line_up)))
    zone = screen.theater.city.zone
    start = datetime.combine(date, OPENS, tzinfo=zone) + STEP * chance.randrange(12)
    end = datetime.combine(date, LAST_START, tzinfo=zone)
    has_imax, made = demo_theater.has_imax and screen.name == "Screen 1", []
    while start <= end:
        entry, movie = entries[len(made) % len(entries)]
        made.append(_showtime(entry, movie, screen, start, demo_theater.price, has_imax, chance))
        start = _on_the_step(made[-1].screen_free_at)
    return made


def _showtime(entry, movie, screen, start, price, has_imax, chance):
    shown_in = [Showtime.Format.FLAT, *entry.shows_in]
    kind = (
        "IMAX"
        if has_imax and "IMAX" in shown_in
        else chance.choice([one for one in shown_in if one != "IMAX"])
    )
    extra = {"2D": 0, "3D": 40, "IMAX": 150}[kind]
    extra += WEEKEND if start.weekday() >= 5 else 0
    extra += MATINEE if start.hour < 12 else 0
    showtime = Showtime(
        movie=movie,
        screen=screen,
        start_time=start,
        price=Decimal(price + extra),
        format=kind,
        captions=chance.random() < 0.2,
        audio_description=chance.random() < 0.1,
        available_seats=screen.seating.capacity,
    )
    showtime.price_cheapest()  # rows made in bulk are not saved one by one
    return showtime


def _on_the_step(moment):
    """Return the moment rounded up to five minutes."""
    rest = timedelta(minutes=moment.minute, seconds=moment.second) % STEP
    return moment + (STEP - rest if rest else rest)


def line_up(demo_city, number, playing):
    """Return the (DemoMovie, Movie) pairs that a city's theater of that number shows.

    It shows mostly its own language. All theaters of a city together show every movie.
    """
    own = [pair for pair in playing if pair[0].language == demo_city.language]
    others = [pair for pair in playing if pair[0].language != demo_city.language]
    return own[number % 2 :: 2] + others[number::3]
