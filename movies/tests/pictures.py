"""Pictures for tests, and a media folder that goes away with them."""

import shutil
import tempfile
from io import BytesIO

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


#: PostScript that ends a test run only by its time limit, under the name of a picture.
POSTSCRIPT = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 100 150
%%EndComments
{ } loop
"""
