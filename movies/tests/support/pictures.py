"""Pictures for tests, and a media folder that goes away with them."""

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from unittest import mock

from django.core.files.base import ContentFile
from django.test import override_settings
from PIL import Image


def picture_bytes(width=220, height=330, *, kind="JPEG", colour="#7a2b1d", mode="RGB"):
    with BytesIO() as buffer:
        Image.new(mode, (width, height), colour).save(buffer, kind)
        return buffer.getvalue()


def picture_file(name="poster.jpg", **size):
    return ContentFile(picture_bytes(**size), name=name)


def own_media(test):
    """Point MEDIA_ROOT to a new folder until the test (or, given a class, all its tests) is over."""
    folder = tempfile.mkdtemp()
    settings = override_settings(MEDIA_ROOT=folder)
    settings.enable()
    add_cleanup = test.addClassCleanup if isinstance(test, type) else test.addCleanup
    add_cleanup(shutil.rmtree, folder, ignore_errors=True)
    add_cleanup(settings.disable)
    return folder


@contextmanager
def disk_full_after(files):
    """Write so many files to storage; the next one gets half of its bytes, and then there is no room."""
    numbers, fdopen = count(1), os.fdopen

    def opened(fd, *args, **kwargs):
        file = fdopen(fd, *args, **kwargs)
        return _NoRoom(file) if next(numbers) > files else file

    with mock.patch("django.core.files.storage.filesystem.os.fdopen", opened):
        yield


class _NoRoom:
    def __init__(self, file):
        self.file = file

    def write(self, content):
        self.file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self):
        self.file.close()


#: PostScript that ends a test run only by its time limit, under the name of a picture.
POSTSCRIPT = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 100 150
%%EndComments
{ } loop
"""
