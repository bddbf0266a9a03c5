"""Posters: an upload of any size becomes WEBP pictures of the widths that the pages print (decision 0030)."""

import struct
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from pictures.models import PictureField, PictureFieldFile
from PIL import Image, ImageCms, ImageOps

#: 100 to 400 px at the screen's own density and twice that: a card is 158 px wide with two columns at 360 px,
#: 190 px with six at 1280 px, and the first of the home page's twice that; the movie's page prints its poster
#: at 208 px, on a phone at 112 px.
WIDEST, STEPS = 400, 4
LARGEST = (1200, 1800)  # of what is kept of an upload
FORMATS = {  # Pillow's name → MIME type. Pillow knows 40 more; one of them, EPS, would run Ghostscript.
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more would need more memory than a web process should take
BROKEN = (  # what Pillow raises for damaged files; RuntimeError comes from its AVIF decoder
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, RuntimeError, struct.error),
    Image.DecompressionBombError,
)
REFUSED = _(
    "Upload a JPEG, PNG, WebP, GIF or AVIF image of at most 20 MB and 60 megapixels. "
    "This file isn’t one, is damaged, or is too large."
)


def poster_name(movie, name):
    """Return a name such as `posters/sholay-0f5c….webp`.

    It is unique to the movie and to the picture, so that browsers may cache it forever.
    """
    return f"posters/{movie.slug[:80] or 'movie'}-{name}"


def fingerprint(content):
    """Return the hash of an upload that becomes part of the stored poster's name."""
    content.seek(0)
    found = sha256(content.read()).hexdigest()[:16]
    content.seek(0)
    return found


def opened(file):
    """Open a Django File as a picture, not decoded yet. Raise one of BROKEN if it isn't acceptable."""
    if file.size > MOST_BYTES:
        raise ValueError(f"{file.size} bytes")
    image = Image.open(file, formats=list(FORMATS))
    if image.width * image.height > MOST_PIXELS:
        raise Image.DecompressionBombError(f"{image.width} × {image.height} pixels")
    return image


def redrawn(content):
    """Return the upload, drawn again, as a ContentFile; None if it isn't a complete picture.

    The result is upright, in sRGB, opaque, no larger than needed, and without camera metadata.
    """
    try:
        content.seek(0)
        with opened(content) as image, BytesIO() as buffer:
            image = _in_srgb(_in_eight_bits(ImageOps.exif_transpose(image)))
            image.thumbnail(LARGEST)
            _on_white(image).save(buffer, "WEBP", quality=92)
            return ContentFile(buffer.getvalue(), name="poster.webp")
    except BROKEN:
        return None


def _in_eight_bits(image):
    """Scale 16-bit grey down; Pillow would clip it at 255, which is white."""
    if not image.mode.startswith("I"):
        return image
    grey = image.point(lambda value: value / 256).convert("L")
    if "transparency" in grey.info:
        grey.info["transparency"] >>= 8
    return grey


def _in_srgb(image):
    """Return the picture as RGBA if parts of it are transparent, else as RGB."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if mode == "RGBA":
        image = image.convert(mode)
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, *BROKEN):
            pass  # a profile that does not fit its picture: the plain colours are nearest
    image.info.pop("icc_profile", None)
    return image.convert(mode)


def _on_white(image):
    """Return the picture on a white background, without transparency."""
    if image.mode == "RGB":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def whole_picture(poster):
    """Raise ValidationError, in forms, for a file that isn't a complete picture."""
    if poster and not poster.is_picture:
        raise ValidationError(REFUSED, code="poster")


class PosterUpload(forms.FileField):
    """An upload judged by its content alone, by `whole_picture`, whatever its name.

    Django's own ImageField would have Pillow try every format that it knows.
    """

    def __init__(self, **kwargs):
        refusals = dict.fromkeys(("empty", "invalid", "missing"), REFUSED)
        super().__init__(**{"error_messages": refusals, **kwargs, "max_length": None})

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "accept": ",".join(FORMATS.values())}


class PosterFile(PictureFieldFile):
    """A picture file. A missing or broken one counts as no picture instead of raising."""

    def save(self, name, content, save=True):
        picture = redrawn(content)
        name = f"{fingerprint(content)}.webp" if picture else "no-picture"
        before = self.name
        try:
            super().save(name, picture or content, save)
        except OSError:  # the disk is full; a poster without its scaled pictures would be broken
            if self.name != before:
                self.storage.delete(self.name)
            raise

    def _get_image_dimensions(self):
        if not hasattr(self, "_dimensions_cache"):
            was_closed = self.closed
            try:
                self.open()
                with opened(self.file) as image:
                    image.load()
                    self._dimensions_cache = ImageOps.exif_transpose(image).size
            except BROKEN:
                self._dimensions_cache = None, None
            if was_closed:
                self.close()
            else:
                self.seek(0)
        return self._dimensions_cache

    def save_all(self):
        """Draw the scaled pictures, after looking into the file: the sizes in its row may be wrong."""
        if all(self._get_image_dimensions()):
            try:
                super().save_all()
            except OSError:
                self.delete_all()
                raise

    def delete_all(self):
        if self.is_picture:
            super().delete_all()

    @property
    def is_picture(self):
        return bool(self) and bool(self.width and self.height)

    @property
    def scaled(self):
        """Return {width in pixels: picture}, narrowest first; empty if the upload is tiny."""
        (ratio,) = self.field.aspect_ratios
        return dict(sorted(self.aspect_ratios[ratio]["WEBP"].items())) if self.is_picture else {}

    @property
    def src(self):
        """Return the URL for browsers without `srcset`, for emails and for other sites."""
        names = self._scaled_names
        return self.storage.url(names.get(WIDEST, list(names.values())[-1])) if names else self.url

    @property
    def srcset(self):
        """Return the `srcset`; empty if the upload is too small for a choice."""
        return ", ".join(f"{self.storage.url(name)} {width}w" for width, name in self._scaled_names.items())

    @property
    def _scaled_names(self):
        """Return {width in pixels: name of the picture's file}, narrowest first."""
        return _names_of_scaled(self.field, self.name, self.width, self.height) if self.is_picture else {}

    def made_from(self, content):
        """Return True if the poster was made from exactly this upload."""
        return bool(self) and fingerprint(content) in self.name

    def make_missing(self):
        """Draw the scaled pictures of a file that was set by name, by a fixture or a copy of the media."""
        if any(not picture.storage.exists(picture.name) for picture in list(self.scaled.values())[:1]):
            self.save_all()


@lru_cache(maxsize=4096)
def _names_of_scaled(field, name, width, height):
    """Work out the names once per file: lists of movies print each of them on every page."""
    pictures = PosterFile.get_picture_files(
        file_name=name, img_width=width, img_height=height, storage=field.storage, field=field
    )
    (ratio,) = field.aspect_ratios
    return {width: picture.name for width, picture in sorted(pictures[ratio]["WEBP"].items())}


class PosterField(PictureField):
    attr_class = PosterFile
    default_validators = [*PictureField.default_validators, whole_picture]

    def __init__(self, *args, **kwargs):
        defaults = {
            "upload_to": poster_name,
            "max_length": 255,
            "aspect_ratios": ["2/3"],
            "file_types": ["WEBP"],
            "container_width": WIDEST,
            "grid_columns": STEPS,
        }
        super().__init__(*args, **{**defaults, **kwargs})

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PosterUpload, **kwargs})

    def pre_save(self, model_instance, add):
        file = super().pre_save(model_instance, add)
        file.make_missing()
        return file
