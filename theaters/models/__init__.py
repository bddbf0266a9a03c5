from .place import City, Screen, Theater
from .showtime import SeatPrice, Showtime

__all__ = ["City", "Screen", "SeatPrice", "Showtime", "Theater"]
