"""How scarce seats are for the films of a page: the only thing there that every sale changes."""

from django.db.models import Max

from . import catalogue

FEW = 10  # free seats, in the hall that has the most of them
SECONDS = 3


def mark(films, showtimes, *, name=""):
    """The films with `scarcity`: "sold_out" or "few" where that is true of all their showtimes here, else "".

    One query for all of them, or none where the answer is remembered under that name.
    """
    if not films:
        return films

    def ask():
        of_films = showtimes.filter(movie__in=[film.pk for film in films])
        return dict(of_films.values_list("movie").annotate(Max("available_seats")).order_by())

    most_free = catalogue.remembered(f"scarcity:{name}", ask, seconds=SECONDS) if name else ask()
    for film in films:
        film.scarcity = _word(most_free.get(film.pk))
    return films


def _word(free):
    if free is None or free > FEW:
        return ""
    return "few" if free else "sold_out"
