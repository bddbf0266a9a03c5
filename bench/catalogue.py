"""A cinema chain for benchmarks of pages: as many cards and showtimes on a page as a real one has."""

from datetime import datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from movies.models import Genre, Language, Movie
from theaters.models import City, Screen, Showtime, Theater

from .data import LAYOUT

MOVIES, COMING = 48, 8  # of each copy; the last ones are not released yet
CITIES, THEATERS, SCREENS = 5, 2, 4  # cities of a copy, theaters of a city, screens of a theater
STARTS = [time(10), time(12, 45), time(15, 30), time(18, 15), time(21)]
DAYS = 7
GENRES = ("Action", "Comedy", "Drama", "Family", "Horror", "Romance", "Science fiction", "Thriller")
LANGUAGES = ("Hindi", "English", "Tamil", "Telugu", "Kannada")
WORDS = "A retired pilot, a missing map and one last monsoon: three strangers cross the country by night. "


def load(scale):
    """Create the chain `scale` times over. Return {page: path} for pages of the first copy.

    The copies share nothing, so one movie's or theater's page lists as much as before.
    """
    templates = []
    for copy, movies in enumerate(_movies(scale)):
        templates += Showtime.objects.bulk_create(_first_day(movies, _screens(copy)))
    multiply([showtime.pk for showtime in templates], DAYS - 1, every=timedelta(days=1))
    analyze()
    first = templates[0]
    return {
        "home": "/",
        "movie list": "/movies/",
        "search": "/movies/?q=movie",
        "movie": first.movie.get_absolute_url(),
        "theater": first.screen.theater.get_absolute_url(),
        "seat map": f"/showtimes/{first.pk}/seats/",
    }


def multiply(showtimes, times, *, every):
    """Copy the showtimes of these keys so many times, each copy starting later than the one before."""
    columns = [field.column for field in Showtime._meta.concrete_fields if not field.primary_key]
    values = ["start_time + n * %s" if column == "start_time" else column for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Showtime._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM {Showtime._meta.db_table}, generate_series(1, %s) n WHERE id = ANY(%s)",
            [every, times, showtimes],
        )


def analyze():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _movies(scale):
    """Create the movies of all copies. Return a list of each copy's."""
    genres = [Genre.objects.create(name=name) for name in GENRES]
    languages = [Language.objects.create(name=name) for name in LANGUAGES]
    copies = [[_movie(copy, number, languages) for number in range(MOVIES)] for copy in range(scale)]
    link = Movie.genres.through
    for movies in copies:
        Movie.objects.bulk_create(movies)
        link.objects.bulk_create(
            link(movie=movie, genre=genres[(number + step) % len(genres)])
            for number, movie in enumerate(movies)
            for step in (0, 3)
        )
    return copies


def _movie(copy, number, languages):
    """Return a movie, unsaved, with a poster's name and size. No page opens the file."""
    coming = number >= MOVIES - COMING
    return Movie(
        title=f"Movie {copy}-{number}",
        slug=f"movie-{copy}-{number}",
        description=WORDS * 3,
        duration=120,
        language=languages[number % len(languages)],
        release_date=timezone.localdate() + timedelta(days=30 * coming - number % 25),
        poster="posters/bench.webp",
        poster_width=800,
        poster_height=1200,
    )


def _screens(copy):
    """Create the cities, theaters and screens of one copy. Return the screens."""
    cities = City.objects.bulk_create(
        City(name=f"City {copy}-{number}", slug=f"city-{copy}-{number}") for number in range(CITIES)
    )
    theaters = Theater.objects.bulk_create(
        Theater(
            name=f"{city.name} {number}", slug=f"{city.slug}-{number}", city=city, location="1 Main Street"
        )
        for city in cities
        for number in range(THEATERS)
    )
    return Screen.objects.bulk_create(
        Screen(name=f"Screen {number}", theater=theater, layout=LAYOUT)
        for theater in theaters
        for number in range(SCREENS)
    )


def _first_day(movies, screens):
    """Return the showtimes of tomorrow, unsaved. Each screen shows its movies in turn."""
    day, released = timezone.localdate() + timedelta(days=1), movies[:-COMING]
    return [
        Showtime(
            movie=released[(2 * number + slot) % len(released)],
            screen=screen,
            start_time=datetime.combine(day, start, tzinfo=timezone.get_current_timezone()),
            price=200,
            lowest_price=200,
            available_seats=screen.seating.capacity,
        )
        for number, screen in enumerate(screens)
        for slot, start in enumerate(STARTS)
    ]
