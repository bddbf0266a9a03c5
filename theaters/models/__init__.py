from .favourite import Favourites
from .place import City, Screen, Theater
from .showtime import SeatPrice, Showtime

__all__ = ["City", "Favourites", "Screen", "SeatPrice", "Showtime", "Theater"]
