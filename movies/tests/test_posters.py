import os
from pathlib import Path

from django.core.files.base import ContentFile
from django.test import TestCase
from PIL import Image

from moviebooking.testing import make_movie
from movies.models import Movie
from movies.posters import WIDEST

from .pictures import own_media, picture_bytes, picture_file


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


class PosterTests(TestCase):
    def setUp(self):
        self.media = Path(own_media(self))

    def test_an_upload_becomes_webp_pictures_of_the_pages_widths(self):
        movie = make_movie("Sholay", poster=picture_file())

        scaled = movie.poster.scaled
        sizes = [Image.open(self.media / picture.name).size for picture in scaled.values()]
        self.assertEqual(list(scaled), [100, 200, 300, 400, 600, 800])
        self.assertEqual(sizes, [(100, 150), (200, 300), (300, 450), (400, 600), (600, 900), (800, 1200)])
        self.assertEqual(Image.open(self.media / scaled[WIDEST].name).format, "WEBP")

    def test_a_wide_upload_is_cut_to_two_by_three(self):
        movie = make_movie(poster=picture_file(width=1200, height=600))

        self.assertEqual(Image.open(self.media / movie.poster.scaled[400].name).size, (400, 600))

    def test_nothing_is_drawn_larger_than_it_came(self):
        self.assertEqual(
            list(make_movie(poster=picture_file(width=210, height=315)).poster.scaled), [100, 200]
        )
        self.assertEqual(make_movie(poster=picture_file(width=20, height=30)).poster.scaled, {})

    def test_two_films_never_share_a_file(self):
        first = make_movie("Don", poster=picture_file("don.jpg"))
        second = make_movie("Don", poster=picture_file("don.png", kind="PNG"))

        names = {picture.name for movie in (first, second) for picture in movie.poster.scaled.values()}
        self.assertEqual(len(names), 12)
        self.assertEqual(os.path.dirname(first.poster.name), "posters")

    def test_the_row_knows_width_and_height_so_a_page_opens_no_file(self):
        make_movie(poster=picture_file())
        for name in files_below(self.media):
            (self.media / name).unlink()

        movie = Movie.objects.get()

        self.assertEqual((movie.poster.width, movie.poster.height), (900, 1350))

    def test_what_is_no_picture_is_no_poster(self):
        movie = make_movie(poster=ContentFile(b"<script>", name="poster.jpg"))

        self.assertEqual((movie.poster.is_picture, movie.poster.scaled), (False, {}))

    def test_a_name_without_a_file_is_no_poster(self):
        movie = make_movie(poster="posters/lost.jpg")

        self.assertEqual(Movie.objects.get(pk=movie.pk).poster.is_picture, False)

    def test_a_file_that_came_as_a_name_gets_its_pictures(self):
        (self.media / "posters").mkdir()
        (self.media / "posters" / "copied.jpg").write_bytes(picture_bytes(width=220, height=330))

        make_movie(poster="posters/copied.jpg")

        self.assertEqual(
            files_below(self.media),
            ["posters/copied.jpg", "posters/copied/2_3/100w.webp", "posters/copied/2_3/200w.webp"],
        )

    def test_a_film_without_a_poster_has_no_pictures(self):
        self.assertEqual(make_movie().poster.scaled, {})
