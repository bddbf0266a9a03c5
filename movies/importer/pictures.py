"""Find the poster that a row names: below the imported file's folder, or in the media storage."""

from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.core.files import File
from django.core.files.storage import default_storage

from ..posters import MOST_BYTES
from .rows import RowRefused

PLACES = "a path below the file's own folder, or below the media"
WANTED = "a JPEG, PNG, WebP, GIF or AVIF picture"


class NoPicture(Exception):
    """The movie is imported without this poster. The message says why."""


@contextmanager
def opened(name, *, folder):
    """Yield the open File. Raise RowRefused for a path out of the folder, NoPicture if there is no file."""
    if "://" in name:
        raise NoPicture("poster: addresses are not fetched")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise RowRefused(f"poster: only {PLACES}")
    with _found(path, Path(folder)) as file:
        if file.size > MOST_BYTES:
            limit = MOST_BYTES // 1024 // 1024
            raise NoPicture(f"poster: {name} is larger than {limit} MB; {WANTED} of at most that is taken")
        yield file


def _found(path, folder):
    try:
        beside = (folder / path).resolve()
        if beside.is_file():
            if not beside.is_relative_to(folder.resolve()):
                raise RowRefused(f"poster: only {PLACES}")
            return File(beside.open("rb"), name=path.name)
        if default_storage.exists(str(path)):
            return default_storage.open(str(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links
        raise NoPicture(f"poster: {path} can't be read") from error
    raise NoPicture(f"poster: there is no file {path}")
