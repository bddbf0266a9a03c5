"""The demo cinema: what it is made of stands in `films`, `places` and `halls`; `loading` loads it."""

from .loading import Loaded, load

__all__ = ["Loaded", "load"]
