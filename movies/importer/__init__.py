"""Films from a file into the catalogue: each row creates a film, updates one, or is refused with a reason."""

from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils import timezone

from moviebooking.upload_storage import is_disk_full

from ..models import Genre, Language, Movie
from ..posters import redrawn
from . import files, pictures, rows
from .raw import Unreadable

__all__ = ["Outcome", "Unreadable", "import_films"]

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `remark` is why it was rejected, or what of it could not be taken."""

    number: int
    place: str
    result: str
    remark: str = ""


def import_films(path):
    """One Outcome a row, as the file is read; a film is known by title and release date.

    Raises Unreadable where the file, or what is left of it, can't be read: what came before is kept.
    """
    today, folder, named = timezone.localdate(), Path(path).parent, Named()
    for row in files.rows(path):
        result, remark = _import_row(row, today=today, folder=folder, named=named)
        yield Outcome(row.number, row.place, result, remark)


class Named:
    """Genres and languages by name, whatever its case: each is looked up, or made, once."""

    def __init__(self):
        self.known = {}

    def get(self, model, name):
        key = model, name.casefold()
        if key not in self.known:
            found = model.objects.filter(name__iexact=name).first()
            self.known[key] = found or model.objects.create(name=name)
        return self.known[key]

    def forget(self):
        """What was made in a transaction that is rolled back is not there."""
        self.known.clear()


def _import_row(row, *, today, folder, named):
    if row.problem:
        return REJECTED, row.problem
    try:
        film = rows.read(row.values, today=today)
        with transaction.atomic():
            return _save(film, folder=folder, named=named)
    except rows.RowRefused as refusal:
        named.forget()
        return REJECTED, str(refusal)
    except DatabaseError as error:
        named.forget()
        return REJECTED, f"the database refused it: {error}"


def _save(film, *, folder, named):
    movie, is_new = _movie_of(film)
    changed = _set_fields(movie, film, named=named)
    if is_new or changed:
        movie.save()
    poster_changed, remark = _set_poster(movie, film.poster, folder=folder)
    genres_changed = _set_genres(movie, film.genres, named=named)
    if is_new:
        return CREATED, remark
    return UPDATED if changed or poster_changed or genres_changed else UNCHANGED, remark


def _movie_of(film):
    key = {"title": film.title, "release_date": film.release_date}
    found = Movie.objects.filter(**key).select_related("language").order_by("pk").first()
    return found or Movie(**key), found is None


def _set_fields(movie, film, *, named):
    """True when one of the row's values is news."""
    news = {"duration": film.duration}
    if film.description is not None:
        news["description"] = film.description
    if film.language is not None:
        news["language"] = named.get(Language, film.language)
    changed = {name: value for name, value in news.items() if getattr(movie, name) != value}
    for name, value in changed.items():
        setattr(movie, name, value)
    return bool(changed)


def _set_genres(movie, names, *, named):
    if not names:
        return False
    genres = {named.get(Genre, name) for name in names}
    changed = genres != set(movie.genres.all())
    if changed:
        movie.genres.set(genres)
    return changed


def _set_poster(movie, name, *, folder):
    """(changed, remark): the picture becomes the saved film's poster, unless it is that already."""
    if name is None:
        return False, ""
    try:
        with pictures.opened(name, folder=folder) as file:
            if movie.poster.made_from(file):
                return False, ""
            if not redrawn(file):
                return False, f"poster: {name} is not {pictures.WANTED}, or is damaged"
            movie.poster.save(file.name, file)
            return True, ""
    except pictures.NoPicture as problem:
        return False, str(problem)
    except OSError as error:
        if is_disk_full(error):
            raise rows.RowRefused("poster: the disk for uploads is full") from error
        raise
