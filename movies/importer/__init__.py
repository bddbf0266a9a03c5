"""Import movies from a file: each row creates a movie, updates one, or is rejected with a reason."""

from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils import timezone

from moviebooking.upload_storage import is_disk_full

from ..models import Genre, Language, Movie
from ..posters import redrawn
from . import files, pictures, rows
from .raw import Unreadable

__all__ = ["Outcome", "Unreadable", "import_movies"]

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"


@dataclass(frozen=True)
class Outcome:
    """The result for one row. `remark` says why it was rejected, or which part was left out."""

    number: int
    place: str
    result: str
    remark: str = ""


def import_movies(path):
    """Yield an Outcome for each row while the file is read. Title and release date identify a movie.

    Raise Unreadable if the file, or the rest of it, can't be read: the rows before are kept.
    """
    today = timezone.localdate()
    folder = Path(path).parent
    named = NameCache()
    for row in files.rows(path):
        result, remark = _import_row(row, today=today, folder=folder, named=named)
        yield Outcome(row.number, row.place, result, remark)


class NameCache:
    """Genres and languages by name, ignoring case: each is looked up, or created, once."""

    def __init__(self):
        self.known = {}

    def get(self, model, name):
        key = model, name.casefold()
        if key not in self.known:
            found = model.objects.filter(name__iexact=name).first()
            self.known[key] = found or model.objects.create(name=name)
        return self.known[key]

    def forget(self):
        """Call after a rollback: rows created in that transaction are gone."""
        self.known.clear()


def _import_row(row, *, today, folder, named):
    if row.problem:
        return REJECTED, row.problem
    try:
        data = rows.read(row.values, today=today)
        with transaction.atomic():
            return _save(data, folder=folder, named=named)
    except rows.RowRefused as refusal:
        named.forget()
        return REJECTED, str(refusal)
    except DatabaseError as error:
        named.forget()
        return REJECTED, f"the database refused it: {error}"


def _save(data, *, folder, named):
    movie, is_new = _movie_of(data)
    changed = _set_fields(movie, data, named=named)
    if is_new or changed:
        movie.save()
    poster_changed, remark = _set_poster(movie, data.poster, folder=folder)
    genres_changed = _set_genres(movie, data.genres, named=named)
    if is_new:
        return CREATED, remark
    return UPDATED if changed or poster_changed or genres_changed else UNCHANGED, remark


def _movie_of(data):
    key = {"title": data.title, "release_date": data.release_date}
    found = Movie.objects.filter(**key).select_related("language").order_by("pk").first()
    return found or Movie(**key), found is None


def _set_fields(movie, data, *, named):
    """Set the row's values on the movie. Return True if one of them is new."""
    values = {"duration": data.duration}
    if data.description is not None:
        values["description"] = data.description
    if data.language is not None:
        values["language"] = named.get(Language, data.language)
    changed = {name: value for name, value in values.items() if getattr(movie, name) != value}
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
    """Make the picture the saved movie's poster, unless it is already. Return (changed, remark)."""
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
