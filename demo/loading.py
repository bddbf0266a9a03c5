"""Load the demo cinema.

Only what is missing is created, so that loading again keeps what staff and visitors have changed: an existing
theater keeps its screens, and a screen with a showtime on a day keeps that day as it is.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from movies import catalogue
from movies.models import Genre, Language, Movie
from theaters.models import City, Screen, Showtime, Theater
from theaters.templatetags.theater_time import in_zone

from . import accounts, programme, sales
from .layouts import LAYOUTS
from .movies import DEMO_MOVIES
from .places import DEMO_CITIES
from .posters import poster_file

SOLD_DAYS = 3  # from today on, every other showtime is sold in part


@dataclass
class Loaded:
    """The numbers of rows added, and the accounts."""

    movies: int = 0
    theaters: int = 0
    screens: int = 0
    showtimes: int = 0
    tickets: int = 0
    accounts: list = field(default_factory=list)


def load(*, scale, now, cities=DEMO_CITIES, movies=DEMO_MOVIES):
    """Create what is missing of the demo cinema, `scale` times over. Return a Loaded."""
    loaded = Loaded(accounts=accounts.make())
    for copy in range(scale):
        suffix = f" {copy + 1}" if copy else ""
        with transaction.atomic():
            pairs = _make_movies(movies, suffix, now, loaded)
            _make_theaters(cities, pairs, suffix, now, loaded)
    catalogue.touch()
    loaded.tickets = _sell(cities, now)
    return loaded


def _make_theaters(cities, pairs, suffix, now, loaded):
    for demo_city in cities:
        city = _get_or_make(City, demo_city.name + suffix)[0]
        today = in_zone(now, city.zone).date()
        playing = [(entry, movie) for entry, movie in pairs if movie.release_date <= today]
        for number, demo_theater in enumerate(demo_city.theaters):
            screens = _screens(demo_theater, city, suffix, loaded)
            line_up = programme.line_up(demo_city, number, playing)
            days = [today + timedelta(days=day) for day in range(programme.DAYS + 1)]
            loaded.showtimes += _fill(screens, demo_theater, line_up, days, now)


def _get_or_make(model, name, **fields):
    """Return (row, created) of the City or Theater with the slug of that name."""
    return model.objects.get_or_create(slug=slugify(name), defaults={"name": name, **fields})


def _make_movies(entries, suffix, now, loaded):
    """Return [(DemoMovie, Movie)]. Further copies of a movie share the poster of the first."""
    slugs = {entry: slugify(entry.title + suffix) for entry in entries}
    there = {movie.slug: movie for movie in Movie.objects.filter(slug__in=slugs.values())}
    missing = [entry for entry in entries if slugs[entry] not in there]
    posters = _posters(missing) if suffix else {}
    new = {entry: _movie(entry, suffix, slugs[entry], now, posters.get(entry, {})) for entry in missing}
    if not suffix:
        with ThreadPoolExecutor() as pool:  # drawing and compressing release the GIL
            list(pool.map(_draw_poster, new.items()))
    for entry, movie in new.items():
        movie.save()
        movie.genres.set([_named(Genre, name) for name in entry.genres])
    loaded.movies += len(new)
    return [(entry, new.get(entry) or there[slugs[entry]]) for entry in entries]


def _movie(entry, suffix, slug, now, poster):
    released = entry.released
    if isinstance(released, int):
        released = now.date() + timedelta(days=released)
    return Movie(
        title=entry.title + suffix,
        slug=slug,
        description=entry.words,
        duration=entry.minutes,
        release_date=released,
        certificate=entry.certificate,
        language=_named(Language, entry.language),
        **poster,
    )


def _named(model, name):
    """Return the Genre or Language of that name, ignoring case."""
    return model.objects.get_or_create(name__iexact=name, defaults={"name": name})[0]


def _draw_poster(pair):
    entry, movie = pair
    movie.poster.save("poster.png", poster_file(entry), save=False)


def _posters(entries):
    """Return {DemoMovie: fields of the first copy's poster}; with its size given, no file is read."""
    slugs = {slugify(entry.title): entry for entry in entries}
    names = ("poster", "poster_width", "poster_height")
    originals = Movie.objects.filter(slug__in=slugs).values("slug", *names)
    return {slugs[row["slug"]]: {name: row[name] for name in names} for row in originals}


def _screens(demo_theater, city, suffix, loaded):
    """Return the theater's screens, created with it if it is new."""
    fields = {"city": city, "location": demo_theater.location, "no_lone_seats": demo_theater.no_lone_seats}
    theater, is_new = _get_or_make(Theater, demo_theater.name + suffix, **fields)
    if is_new:
        new = [
            Screen(theater=theater, name=f"Screen {number}", layout=LAYOUTS[name])
            for number, name in enumerate(demo_theater.layouts, start=1)
        ]
        Screen.objects.bulk_create(new)
        loaded.theaters, loaded.screens = loaded.theaters + 1, loaded.screens + len(new)
    return list(theater.screens.select_related("theater__city"))


def _fill(screens, demo_theater, line_up, days, now):
    """Add showtimes for each screen on those of the days that have none. Return their number."""
    starts = Showtime.objects.filter(screen__in=screens).select_related("screen__theater__city")
    taken = {(showtime.screen_id, showtime.local_start.date()) for showtime in starts}
    new = [
        showtime
        for screen in screens
        for day in days
        if (screen.pk, day) not in taken
        for showtime in programme.showtimes_of(screen, day, demo_theater=demo_theater, line_up=line_up)
        if showtime.start_time > now
    ]
    Showtime.objects.bulk_create(new, batch_size=500)
    return len(new)


def _sell(cities, now):
    """Sell part of the first copy's next days. Return the number of tickets."""
    slugs = [slugify(demo_theater.name) for demo_city in cities for demo_theater in demo_city.theaters]
    until = timezone.localtime(now).replace(hour=0, minute=0) + timedelta(days=SOLD_DAYS)
    showtimes = Showtime.objects.on_sale(now).filter(screen__theater__slug__in=slugs, start_time__lt=until)
    every_other = [showtime for showtime in showtimes.for_seat_map().order_by("pk") if showtime.pk % 2]
    return sales.sell_some(showtimes=every_other, now=now)
