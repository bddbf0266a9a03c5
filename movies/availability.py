"""Seats left for the movies of a page. This is the only part of the page that every sale changes."""

from django.db.models import Max

from . import catalogue

FEW = 10  # free seats at the showtime that has the most of them
SECONDS = 3


def add_availability(movies, showtimes, *, name=""):
    """Set `availability` of each movie and return the movies.

    It is "sold_out" or "few" if that is true of all the movie's showtimes among these, else "". This takes
    one query for all movies, or none if the answer is cached under `name`.
    """
    if not movies:
        return movies

    def find_most_free():
        theirs = showtimes.filter(movie__in=[movie.pk for movie in movies])
        return dict(theirs.values_list("movie").annotate(Max("available_seats")).order_by())

    if name:
        most_free = catalogue.remembered(f"availability:{name}", find_most_free, seconds=SECONDS)
    else:
        most_free = find_most_free()
    for movie in movies:
        movie.availability = _availability(most_free.get(movie.pk))
    return movies


def _availability(free):
    if free is None or free > FEW:
        return ""
    return "few" if free else "sold_out"
