"""Posters: an upload of any size becomes WEBP pictures of the widths that the pages print (decision 0030)."""

from pathlib import PurePath

from django.utils.crypto import get_random_string
from pictures.models import PictureField, PictureFieldFile
from PIL import Image

#: 100 to 400 px at the screen's own density and twice that: a card is 158 px wide with two columns at 360 px,
#: 190 px with six at 1280 px; the film's page prints its poster at 320 px, on a phone at 104 px.
WIDEST, STEPS = 400, 4


def poster_name(movie, filename):
    """`posters/sholay-x3k9q2.jpg`: never the name of another film's poster, and a new one with each upload,
    so that browsers may keep what they have for ever."""
    suffix = PurePath(filename).suffix.lower()
    return f"posters/{movie.slug[:80] or 'film'}-{get_random_string(8).lower()}{suffix[:8]}"


class PosterFile(PictureFieldFile):
    """A picture file that takes what is not a picture, or is not there, for no picture instead of failing."""

    def _get_image_dimensions(self):
        try:
            return super()._get_image_dimensions()
        except (OSError, ValueError, Image.DecompressionBombError):
            return None, None

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

    def make_missing(self):
        """Draw the scaled pictures of a file that came as a name, from a fixture or a copy of the media."""
        if any(not picture.storage.exists(picture.name) for picture in list(self.scaled.values())[:1]):
            self.save_all()


class PosterField(PictureField):
    attr_class = PosterFile

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
