"""Builders for tests: each makes one true row with defaults for whatever the test does not care about."""

import re
from datetime import date, timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.utils import timezone

from movies.models import Genre, Language, Movie
from theaters.models import City, Screen, Showtime, Theater

PASSWORD = "Str0ng-Pass-4-all"
JSON = {"accept": "application/json"}
_numbers = count(1)


def make_user(username=None, **fields):
    """A visitor with a password (PASSWORD) and an e-mail address of their own."""
    username = username or f"visitor{next(_numbers)}"
    return get_user_model().objects.create_user(
        username, **{"email": f"{username}@example.test", "password": PASSWORD, **fields}
    )


def words_of(response):
    """Every word of the page, of its attributes too. A seat's label is looked for here and not in the bytes,
    where chance may spell it inside a form's token."""
    return set(re.findall(r"\w+", response.content.decode()))


def make_movie(title=None, *, genres=(), language=None, **fields):
    """A film out for ten days. Genres and the language are given by name."""
    fields = {
        "description": "A film.",
        "duration": 120,
        "release_date": date.today() - timedelta(days=10),
        **fields,
    }
    if language:
        fields["language"] = Language.objects.get_or_create(name=language)[0]
    movie = Movie.objects.create(title=title or f"Film {next(_numbers)}", **fields)
    movie.genres.set([Genre.objects.get_or_create(name=name)[0] for name in genres])
    return movie


def make_city(name=None, **fields):
    return City.objects.create(name=name or f"City {next(_numbers)}", **fields)


def make_theater(name=None, *, city=None, **fields):
    return Theater.objects.create(
        name=name or f"Theater {next(_numbers)}",
        **{"city": city or make_city(), "location": "1 Test Street", **fields},
    )


def make_screen(layout="SSS__SSS", *, theater=None, name=None, **fields):
    return Screen.objects.create(
        theater=theater or make_theater(), name=name or f"Screen {next(_numbers)}", layout=layout, **fields
    )


def make_showtime(layout="SSS__SSS", *, movie=None, screen=None, starts_in=timedelta(days=1), **fields):
    """A showtime that starts `starts_in` from now (a negative one has begun), 200.00 a standard seat."""
    fields = {"start_time": timezone.now() + starts_in, "price": "200.00", **fields}
    return Showtime.objects.create(
        movie=movie or make_movie(), screen=screen or make_screen(layout), **fields
    )
