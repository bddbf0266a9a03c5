from . import money, sales, showtimes

__all__ = ["money", "sales", "showtimes"]
