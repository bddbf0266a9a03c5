"""Posters: an upload of any size becomes WEBP pictures of the widths that the pages print (decision 0030)."""

from hashlib import sha256
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from pictures.models import PictureField, PictureFieldFile
from PIL import Image, ImageCms, ImageOps

#: 100 to 400 px at the screen's own density and twice that: a card is 158 px wide with two columns at 360 px,
#: 190 px with six at 1280 px, and the first of the home page's twice that; the film's page prints its poster
#: at 208 px, on a phone at 112 px.
WIDEST, STEPS = 400, 4
LARGEST = (1200, 1800)  # of what is kept of an upload
MOST_PIXELS = 60_000_000  # of an upload: more would need more memory than a web process should take
BROKEN = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)


def poster_name(movie, name):
    """`posters/sholay-0f5c…webp`: never the name of another film's poster, and another one for another
    picture, so that browsers may keep what they have for ever."""
    return f"posters/{movie.slug[:80] or 'film'}-{name}"


def fingerprint(content):
    """What the name of a stored poster has of the upload it was made from."""
    content.seek(0)
    found = sha256(content.read()).hexdigest()[:16]
    content.seek(0)
    return found


def refuse_too_large(image):
    """Raise DecompressionBombError before the picture is unpacked."""
    if image.width * image.height > MOST_PIXELS:
        raise Image.DecompressionBombError(f"{image.width} × {image.height} pixels")


def redrawn(content):
    """The upload as a ContentFile: upright, in sRGB, no larger than needed, without what a camera noted.

    None where it is no picture, or not a whole one.
    """
    try:
        content.seek(0)
        with Image.open(content) as image, BytesIO() as buffer:
            refuse_too_large(image)
            image = _in_srgb(ImageOps.exif_transpose(image))
            image.thumbnail(LARGEST)
            image.save(buffer, "WEBP", quality=92)
            return ContentFile(buffer.getvalue(), name="poster.webp")
    except BROKEN:
        return None


def _in_srgb(image):
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, *BROKEN):
            pass  # a profile that does not fit its picture: the plain colours are nearest
    image.info.pop("icc_profile", None)
    return image.convert("RGB")


def whole_picture(poster):
    """For forms: a file that is no whole picture is refused before it is saved."""
    if poster and not poster.is_picture:
        raise ValidationError(_("This file is no picture, is cut off, or is too large."), code="poster")


class PosterFile(PictureFieldFile):
    """A picture file. One that is missing, or is not a picture, counts as none instead of failing."""

    def save(self, name, content, save=True):
        picture = redrawn(content)
        name = f"{fingerprint(content)}.webp" if picture else "no-picture"
        super().save(name, picture or content, save)

    def _get_image_dimensions(self):
        if not hasattr(self, "_dimensions_cache"):
            was_closed = self.closed
            try:
                self.open()
                with Image.open(self.file) as image:
                    refuse_too_large(image)
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
        if self.is_picture:
            super().save_all()

    def delete_all(self):
        if self.is_picture:
            super().delete_all()

    @property
    def is_picture(self):
        return bool(self) and bool(self.width and self.height)

    @property
    def scaled(self):
        """Width in pixels → the picture of that width, narrowest first; empty where the upload is tiny."""
        (ratio,) = self.field.aspect_ratios
        return dict(sorted(self.aspect_ratios[ratio]["WEBP"].items())) if self.is_picture else {}

    @property
    def src(self):
        """The picture for a browser that knows no `srcset`, and for mails and other sites."""
        scaled = self.scaled
        return scaled.get(WIDEST, list(scaled.values())[-1]).url if scaled else self.url

    @property
    def srcset(self):
        """What a browser chooses from; empty where the upload is too small for a choice."""
        return ", ".join(f"{picture.url} {width}w" for width, picture in self.scaled.items())

    def made_from(self, content):
        """Whether the poster was made from that very upload."""
        return bool(self) and fingerprint(content) in self.name

    def make_missing(self):
        """Draw the scaled pictures of a file that came as a name, from a fixture or a copy of the media."""
        if any(not picture.storage.exists(picture.name) for picture in list(self.scaled.values())[:1]):
            self.save_all()


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

    def pre_save(self, model_instance, add):
        file = super().pre_save(model_instance, add)
        file.make_missing()
        return file
