"""Seats left for the movies of a page. This is the only part of the page that every sale changes."""

from django.db.models import Max

FEW = 10  # free seats at the showtime that has the most of them


def add_availability(movies, showtimes):
    """Set `availability` of each movie, with one query for all, and return the movies.

    It is "sold_out" or "few" if that is true of all the movie's showtimes among these, else "".
    """
    if not movies:
        return movies
    theirs = showtimes.filter(movie__in=[movie.pk for movie in movies])
    most_free = dict(theirs.values_list("movie").annotate(Max("available_seats")).order_by())
    for movie in movies:
        movie.availability = _availability(most_free.get(movie.pk))
    return movies


def _availability(free):
    if free is None or free > FEW:
        return ""
    return "few" if free else "sold_out"
