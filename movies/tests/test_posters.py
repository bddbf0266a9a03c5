from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.test import TestCase
from PIL import EpsImagePlugin, Image, ImageColor

from moviebooking.testing import make_movie
from movies import posters
from movies.models import Movie

from .support.pictures import POSTSCRIPT, own_media, picture_bytes, picture_file


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


class PosterTests(TestCase):
    def setUp(self):
        self.media = Path(own_media(self))

    def size_of(self, picture):
        with Image.open(self.media / picture.name) as image:
            return image.format, image.size

    def test_an_upload_becomes_webp_pictures_of_the_pages_widths(self):
        movie = make_movie("Sholay", poster=picture_file(width=900, height=1350))

        self.assertEqual(
            {width: self.size_of(picture) for width, picture in movie.poster.scaled.items()},
            {
                100: ("WEBP", (100, 150)),
                200: ("WEBP", (200, 300)),
                300: ("WEBP", (300, 450)),
                400: ("WEBP", (400, 600)),
                600: ("WEBP", (600, 900)),
                800: ("WEBP", (800, 1200)),
            },
        )

    def test_a_wide_upload_is_cut_to_two_by_three(self):
        movie = make_movie(poster=picture_file(width=1200, height=600))

        self.assertEqual(self.size_of(movie.poster.scaled[400]), ("WEBP", (400, 600)))

    def test_a_small_upload_is_not_enlarged(self):
        small = make_movie(poster=picture_file(width=210, height=315)).poster
        tiny = make_movie(poster=picture_file(width=20, height=30)).poster

        self.assertEqual((list(small.scaled), tiny.scaled, tiny.srcset), ([100, 200], {}, ""))
        self.assertEqual((small.src, tiny.src), (small.scaled[200].url, tiny.url))

    def test_a_browser_chooses_from_all_widths(self):
        poster = make_movie(poster=picture_file(width=210, height=315)).poster

        self.assertEqual(poster.srcset, f"{poster.scaled[100].url} 100w, {poster.scaled[200].url} 200w")

    def test_two_movies_never_share_a_file(self):
        movies = [make_movie("Don", poster=picture_file("don.jpg")) for _ in range(2)]

        names = {picture.name for movie in movies for picture in movie.poster.scaled.values()}
        self.assertEqual(len(names), 4)

    def test_another_picture_has_another_name_so_that_browsers_may_keep_the_first(self):
        movie = make_movie("Don", poster=picture_file())
        before = movie.poster.name

        movie.poster = picture_file(colour="#123456")
        movie.save()

        self.assertNotEqual(movie.poster.name, before)

    def test_the_row_knows_width_and_height_so_a_page_opens_no_file(self):
        make_movie(poster=picture_file())
        for name in files_below(self.media):
            (self.media / name).unlink()

        movie = Movie.objects.get()

        self.assertEqual((movie.poster.width, movie.poster.height, len(movie.poster.scaled)), (220, 330, 2))

    def test_a_file_that_is_not_a_picture_is_not_a_poster(self):
        cut_off = picture_bytes()[:600]
        for content in [b"", b"<script>", b"\x89PNG\r\n\x1a\n", cut_off]:
            movie = make_movie(poster=ContentFile(content, name="poster.jpg"))

            self.assertEqual((movie.poster.is_picture, movie.poster.scaled), (False, {}))
            self.assertEqual(Movie.objects.get(pk=movie.pk).poster.is_picture, False)

    def test_a_form_refuses_a_file_that_is_not_a_picture(self):
        movie = make_movie()
        movie.poster = ContentFile(picture_bytes()[:600], name="poster.jpg")

        with self.assertRaises(ValidationError) as refused:
            movie.full_clean()

        self.assertEqual(
            refused.exception.message_dict,
            {"poster": [posters.REFUSED]},
        )

    def test_a_missing_file_counts_as_no_poster(self):
        movie = make_movie(poster="posters/lost.jpg")

        self.assertEqual(Movie.objects.get(pk=movie.pk).poster.is_picture, False)

    def test_a_page_shows_the_title_instead_of_a_missing_poster(self):
        movie = make_movie("Sholay", poster="posters/lost.jpg")

        self.assertContains(self.client.get(movie.get_absolute_url()), "poster--blank")

    def test_a_file_set_by_name_gets_its_scaled_pictures(self):
        (self.media / "posters").mkdir()
        (self.media / "posters" / "copied.jpg").write_bytes(picture_bytes(width=220, height=330))

        make_movie(poster="posters/copied.jpg")

        self.assertEqual(
            files_below(self.media),
            ["posters/copied.jpg", "posters/copied/2_3/100w.webp", "posters/copied/2_3/200w.webp"],
        )

    def test_a_movie_without_a_poster_has_no_pictures(self):
        self.assertEqual(make_movie().poster.scaled, {})

    def test_a_page_names_width_and_height_and_loads_what_is_not_in_view_later(self):
        for _ in range(7):
            make_movie(poster=picture_file(width=210, height=315))

        page = self.client.get("/movies/").content.decode()

        self.assertEqual(page.count('width="400" height="600"'), 7)
        self.assertEqual((page.count('loading="eager"'), page.count('loading="lazy"')), (6, 1))


LOSSLESS = {"WEBP": {"lossless": True, "exact": True}}  # keep the colour below what is transparent


def upload(image, kind="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return ContentFile(buffer.getvalue(), name="upload")


class FormatTests(TestCase):
    def setUp(self):
        self.media = Path(own_media(self))

    def refused(self, content, name="poster.png"):
        """Return what the form of a movie's poster says of the upload, None where it takes it."""
        form = modelform_factory(Movie, fields=["poster"])(
            files={"poster": SimpleUploadedFile(name, content)}, instance=make_movie()
        )
        return form.errors.get("poster")

    def test_five_formats_are_taken_whatever_the_files_name(self):
        for kind in posters.FORMATS:
            with self.subTest(kind):
                self.assertIsNone(self.refused(picture_bytes(40, 60, kind=kind), name="poster.upload"))

    def test_every_refusal_names_the_five_formats(self):
        damaged = bytearray(picture_bytes(40, 60, kind="AVIF"))
        damaged[100:200] = bytes(100)
        for content in (
            *(b"", b"<svg/>", POSTSCRIPT, bytes(damaged), picture_bytes()[:-100]),
            *(picture_bytes(kind=kind) for kind in ("BMP", "TIFF", "ICO", "PPM", "EPS", "PDF")),
        ):
            for name in ("poster.png", "poster.eps"):
                with self.subTest(content[:12], name=name):
                    self.assertEqual(self.refused(content, name), [posters.REFUSED])

    def test_a_file_of_too_many_bytes_is_refused_before_it_is_opened(self):
        with patch.object(posters, "MOST_BYTES", 100):
            self.assertEqual(self.refused(picture_bytes()), [posters.REFUSED])

    def test_ghostscript_is_never_started(self):
        postscript = ContentFile(POSTSCRIPT, name="poster.png")
        (self.media / "copied.png").write_bytes(POSTSCRIPT)

        with patch.object(EpsImagePlugin, "Ghostscript") as started:
            self.refused(POSTSCRIPT)
            posters.redrawn(postscript)
            make_movie(poster=postscript)
            make_movie(poster="copied.png", poster_width=400, poster_height=600)

        started.assert_not_called()


class RedrawingTests(TestCase):
    def redrawn(self, content):
        with Image.open(posters.redrawn(content)) as image:
            image.load()
            return image

    def test_every_colour_mode_becomes_rgb(self):
        for mode in ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]:
            with self.subTest(mode):
                self.assertEqual(self.redrawn(upload(Image.new(mode, (20, 30)))).mode, "RGB")
        self.assertEqual(self.redrawn(upload(Image.new("CMYK", (20, 30)), "JPEG")).mode, "RGB")

    def test_transparent_pixels_become_white_whatever_their_colour(self):
        opaque = (200, 20, 20)
        for kind in ("PNG", "WEBP", "GIF", "AVIF"):
            for hidden in ("black", "white", "lime"):
                image = Image.new("RGBA", (40, 60), opaque)
                image.paste(Image.new("RGBA", (20, 60), (*ImageColor.getrgb(hidden), 0)))
                with self.subTest(kind, hidden=hidden):
                    picture = self.redrawn(upload(image, kind, **LOSSLESS.get(kind, {})))
                    self.assert_near(picture.getpixel((8, 30)), (255, 255, 255))
                    self.assert_near(picture.getpixel((32, 30)), opaque)

    def test_a_colour_declared_transparent_becomes_white(self):
        for mode, colour in (("L", 0), ("RGB", (0, 0, 0)), ("P", 0), ("1", 0), ("I;16", 0)):
            with self.subTest(mode):
                image = Image.new(mode, (20, 30), colour)
                picture = self.redrawn(upload(image, transparency=colour))
                self.assert_near(picture.getpixel((10, 15)), (255, 255, 255))

    def test_half_transparent_pixels_become_half_white(self):
        picture = self.redrawn(upload(Image.new("LA", (20, 30), (0, 128))))

        self.assert_near(picture.getpixel((10, 15)), (127, 127, 127))

    def test_transparent_pictures_keep_their_colours_by_their_profile(self):
        srgb = posters.ImageCms.ImageCmsProfile(posters.ImageCms.createProfile("sRGB")).tobytes()
        picture = self.redrawn(upload(Image.new("RGBA", (20, 30), (200, 20, 20, 255)), icc_profile=srgb))

        self.assert_near(picture.getpixel((10, 15)), (200, 20, 20))

    def test_sixteen_bit_grey_keeps_its_shades(self):
        for grey, shown in ((0, 0), (20_000, 78), (40_000, 156), (65_535, 255)):
            with self.subTest(grey):
                picture = self.redrawn(upload(Image.new("I;16", (20, 30), grey)))
                self.assert_near(picture.getpixel((10, 15)), (shown,) * 3)

    def assert_near(self, colour, wanted):
        """Compare colours, with a tolerance for WebP's compression."""
        self.assertLess(max(abs(a - b) for a, b in zip(colour, wanted, strict=True)), 8, colour)

    def test_a_broken_colour_profile_is_ignored(self):
        srgb = posters.ImageCms.ImageCmsProfile(posters.ImageCms.createProfile("sRGB")).tobytes()

        for mode, profile in [("RGB", srgb), ("P", srgb), ("L", srgb), ("RGB", b"nonsense")]:
            with self.subTest((mode, profile[:8])):
                image = self.redrawn(upload(Image.new(mode, (20, 30)), icc_profile=profile))
                self.assertEqual((image.size, "icc_profile" in image.info), ((20, 30), False))

    def test_exif_orientation_is_applied_and_metadata_removed(self):
        notes = Image.Exif()
        notes[0x0112], notes[0x010E] = 6, "At home, 18.52 N 73.85 E"  # turned by 90 degrees; a description

        image = self.redrawn(upload(Image.new("RGB", (30, 20)), "JPEG", exif=notes))

        self.assertEqual((image.size, dict(image.getexif())), ((20, 30), {}))

    def test_a_huge_upload_is_made_smaller(self):
        self.assertEqual(self.redrawn(upload(Image.new("RGB", (2400, 3600)))).size, posters.LARGEST)

    def test_a_picture_with_too_many_pixels_is_refused(self):
        self.assertIsNone(posters.redrawn(upload(Image.new("1", (10_000, 6_001)))))
