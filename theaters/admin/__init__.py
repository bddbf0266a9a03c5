from . import movies, places, showtimes

__all__ = ["movies", "places", "showtimes"]
