from . import films, places, showtimes

__all__ = ["films", "places", "showtimes"]
