"""The lists of the home page."""

from . import availability, catalogue, listing
from .models import Movie

MOST_SHOWING, MOST_COMING, MOST_RELEASED = 24, 6, 12


def showing(*, city, zones, day, today, now):
    """Films on sale in the city of that slug (or anywhere), on that day (or any), the newest first; one more
    than the page shows, where there are more."""

    showtimes, name = listing.showtimes_on_sale(now=now, city=city), f"showing:{city}:{day or ''}"
    if day:
        showtimes = showtimes.on_day(day, zones)

    def make():
        films = Movie.objects.playing(showtimes).for_cards(showtimes, today=today)
        return list(films[: MOST_SHOWING + 1])

    return availability.mark(catalogue.remembered(name, make), showtimes, name=name)


def coming(*, city, today, now):
    """Films still to be released that can't be booked in that city yet, the next one first."""

    def make():
        showtimes = listing.showtimes_on_sale(now=now, city=city)
        films = Movie.objects.coming(today).not_playing(showtimes)
        return list(films.for_cards(showtimes, today=today)[:MOST_COMING])

    return catalogue.remembered(f"coming:{city}:{today}", make)


def released(*, today, now):
    """The latest films, whether they can be booked or not: for a home page that would be empty else."""

    def make():
        showtimes = listing.showtimes_on_sale(now=now)
        films = Movie.objects.filter(release_date__lte=today)
        return list(films.for_cards(showtimes, today=today)[:MOST_RELEASED])

    return catalogue.remembered(f"released:{today}", make)
