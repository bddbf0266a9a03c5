"""The lists of the home page."""

from . import availability, catalogue, listing
from .models import Movie

MOST_SHOWING, MOST_COMING, MOST_RELEASED = 24, 6, 12


def showing(*, city, zones, day, today, now):
    """Return the movies on sale in the city of that slug (or anywhere) on that day (or any), newest first.

    There is one more than the page shows if there are more.
    """
    showtimes = listing.showtimes_on_sale(now=now, city=city)
    if day:
        showtimes = showtimes.on_day(day, zones)

    def make():
        movies = Movie.objects.playing(showtimes).for_cards(showtimes, today=today)
        return list(movies[: MOST_SHOWING + 1])

    name = f"showing:{city}:{day or ''}"
    return availability.add_availability(catalogue.remembered(name, make), showtimes)


def coming(*, city, today, now):
    """Return unreleased movies that can't be booked in that city yet, the next release first."""

    def make():
        showtimes = listing.showtimes_on_sale(now=now, city=city)
        movies = Movie.objects.coming(today).not_playing(showtimes)
        return list(movies.for_cards(showtimes, today=today)[:MOST_COMING])

    return catalogue.remembered(f"coming:{city}:{today}", make)


def released(*, today, now):
    """Return the latest movies, bookable or not, for a home page that would otherwise be empty."""

    def make():
        showtimes = listing.showtimes_on_sale(now=now)
        movies = Movie.objects.filter(release_date__lte=today)
        return list(movies.for_cards(showtimes, today=today)[:MOST_RELEASED])

    return catalogue.remembered(f"released:{today}", make)
