"""Only what is missing is made, so that loading again keeps whatever staff and visitors have changed since: a
theater that is there keeps its screens, a screen that has a showtime on a day keeps that day as it is."""

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
from .layouts import HALLS
from .movies import FILMS
from .places import TOWNS
from .posters import poster_file

SOLD_DAYS = 3  # from today on, every other showtime is sold in part


@dataclass
class Loaded:
    """What a loading has added, and who may sign in."""

    films: int = 0
    theaters: int = 0
    screens: int = 0
    showtimes: int = 0
    tickets: int = 0
    accounts: list = field(default_factory=list)


def load(*, scale, now, towns=TOWNS, films=FILMS):
    """Make what is missing of the demo cinema, `scale` times over. Gives what was Loaded."""
    loaded = Loaded(accounts=accounts.make())
    for copy in range(scale):
        suffix = f" {copy + 1}" if copy else ""
        with transaction.atomic():
            pairs = _films(films, suffix, now, loaded)
            _houses(towns, pairs, suffix, now, loaded)
    catalogue.touch()
    loaded.tickets = _sell(towns, now)
    return loaded


def _houses(towns, pairs, suffix, now, loaded):
    for town in towns:
        city = _made(City, town.name + suffix)[0]
        today = in_zone(now, city.zone).date()
        playing = [(film, movie) for film, movie in pairs if movie.release_date <= today]
        for number, house in enumerate(town.houses):
            screens = _screens(house, city, suffix, loaded)
            line_up = programme.line_up(town, number, playing)
            days = [today + timedelta(days=day) for day in range(programme.DAYS + 1)]
            loaded.showtimes += _fill(screens, house, line_up, days, now)


def _made(model, name, **fields):
    """(row, was it made just now) of the City or Theater that has the name's slug."""
    return model.objects.get_or_create(slug=slugify(name), defaults={"name": name, **fields})


def _films(films, suffix, now, loaded):
    """(Film, Movie) for each of the films; a copy's films have the first ones' posters."""
    slugs = {film: slugify(film.title + suffix) for film in films}
    there = {movie.slug: movie for movie in Movie.objects.filter(slug__in=slugs.values())}
    missing = [film for film in films if slugs[film] not in there]
    posters = _posters(missing) if suffix else {}
    new = {film: _movie(film, suffix, slugs[film], now, posters.get(film, {})) for film in missing}
    if not suffix:
        with ThreadPoolExecutor() as pool:  # drawing and packing leave Python, so every core has a share
            list(pool.map(_draw_poster, new.items()))
    for film, movie in new.items():
        movie.save()
        movie.genres.set([_sorted_under(Genre, name) for name in film.genres])
    loaded.films += len(new)
    return [(film, new.get(film) or there[slugs[film]]) for film in films]


def _movie(film, suffix, slug, now, poster):
    released = film.released
    if isinstance(released, int):
        released = now.date() + timedelta(days=released)
    return Movie(
        title=film.title + suffix,
        slug=slug,
        description=film.words,
        duration=film.minutes,
        release_date=released,
        certificate=film.certificate,
        language=_sorted_under(Language, film.language),
        **poster,
    )


def _sorted_under(model, name):
    """The Genre or Language of that name; a site may write it in other capitals."""
    return model.objects.get_or_create(name__iexact=name, defaults={"name": name})[0]


def _draw_poster(pair):
    film, movie = pair
    movie.poster.save("poster.png", poster_file(film), save=False)


def _posters(films):
    """Film → its poster's fields, as the first copy has them: with its size known, no file is looked into."""
    slugs = {slugify(film.title): film for film in films}
    names = ("poster", "poster_width", "poster_height")
    originals = Movie.objects.filter(slug__in=slugs).values("slug", *names)
    return {slugs[row["slug"]]: {name: row[name] for name in names} for row in originals}


def _screens(house, city, suffix, loaded):
    """The house's screens; what staff have made of them is left alone."""
    fields = {"city": city, "location": house.location, "no_lone_seats": house.no_lone_seats}
    theater, is_new = _made(Theater, house.name + suffix, **fields)
    if is_new:
        new = [
            Screen(theater=theater, name=f"Screen {number}", layout=HALLS[hall])
            for number, hall in enumerate(house.halls, start=1)
        ]
        Screen.objects.bulk_create(new)
        loaded.theaters, loaded.screens = loaded.theaters + 1, loaded.screens + len(new)
    return list(theater.screens.select_related("theater__city"))


def _fill(screens, house, line_up, days, now):
    """Give each screen showtimes on those of the days that have none; gives how many."""
    starts = Showtime.objects.filter(screen__in=screens).select_related("screen__theater__city")
    taken = {(showtime.screen_id, showtime.local_start.date()) for showtime in starts}
    new = [
        showtime
        for screen in screens
        for day in days
        if (screen.pk, day) not in taken
        for showtime in programme.showtimes_of(screen, day, house=house, line_up=line_up)
        if showtime.start_time > now
    ]
    Showtime.objects.bulk_create(new, batch_size=500)
    return len(new)


def _sell(towns, now):
    """Have bookings sell part of the first copy's next days; gives how many tickets. The floor above is named
    in the settings and not imported: theaters know nothing of bookings."""
    houses = [slugify(house.name) for town in towns for house in town.houses]
    until = timezone.localtime(now).replace(hour=0, minute=0) + timedelta(days=SOLD_DAYS)
    showtimes = Showtime.objects.on_sale(now).filter(screen__theater__slug__in=houses, start_time__lt=until)
    every_other = [showtime for showtime in showtimes.for_seat_map().order_by("pk") if showtime.pk % 2]
    return sales.sell_some(showtimes=every_other, now=now)
