"""The poster that a row names: a file beside the imported one, or in the media."""

from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.core.files import File
from django.core.files.storage import default_storage

from ..posters import MOST_BYTES
from .rows import RowRefused

PLACES = "a path below the file's own folder, or below the media"
WANTED = "a JPEG, PNG, WebP, GIF or AVIF picture"


class NoPicture(Exception):
    """The film is taken without this poster; the message says why."""


@contextmanager
def opened(name, *, folder):
    """The file as an open File. Raises RowRefused for a way out of the folder, NoPicture for no file."""
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
    except (OSError, RuntimeError) as error:  # a ring of links is a RuntimeError
        raise NoPicture(f"poster: {path} can't be read") from error
    raise NoPicture(f"poster: there is no file {path}")
