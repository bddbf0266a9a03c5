"""Factories for tests. Each creates one valid row, with defaults for what the test does not specify."""

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
    """Create a user with the password PASSWORD and a unique email address."""
    username = username or f"visitor{next(_numbers)}"
    return get_user_model().objects.create_user(
        username, **{"email": f"{username}@example.test", "password": PASSWORD, **fields}
    )


def words_of(response):
    """Return the set of words of the page, including attributes.

    Search it for seat labels instead of the content, in which a CSRF token may contain a label by chance.
    """
    return set(re.findall(r"\w+", response.content.decode()))


def make_movie(title=None, *, genres=(), language=None, **fields):
    """Create a movie released ten days ago. Pass genres and the language by name."""
    fields = {
        "description": "A movie.",
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
    """Create a showtime that starts `starts_in` from now. A standard seat costs 200.00."""
    fields = {"start_time": timezone.now() + starts_in, "price": "200.00", **fields}
    return Showtime.objects.create(
        movie=movie or make_movie(), screen=screen or make_screen(layout), **fields
    )
