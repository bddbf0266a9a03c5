from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.test import TestCase
from django.urls import reverse

from moviebooking.testing import make_movie, make_user
from movies import posters
from movies.models import Genre, Language, Movie

from .support.pictures import disk_full_after, own_media, picture_bytes, picture_file
from .test_posters import files_below

FORM = {"title": "Sholay", "duration": "204", "release_date": "1975-08-15", "description": "Two friends."}


class MovieAdminTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        own_media(cls)
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def setUp(self):
        self.client.force_login(self.staff)

    def list(self, **query):
        response = self.client.get(reverse("admin:movies_movie_changelist"), query)
        self.assertEqual(response.status_code, 200)
        return [movie.title for movie in response.context["cl"].result_list]

    def test_movies_are_found_by_word_and_filter(self):
        sholay = make_movie("Sholay", genres=["Action"], language="Hindi", certificate="U")
        make_movie("Don", genres=["Drama"], language="Tamil", description="Not that movie")

        self.assertEqual(self.list(q="that"), ["Don"])
        self.assertEqual(self.list(genres__id__exact=sholay.genres.get().pk), ["Sholay"])
        self.assertEqual(self.list(language__id__exact=sholay.language_id), ["Sholay"])
        self.assertEqual(self.list(certificate__exact="U"), ["Sholay"])

    def test_the_list_costs_the_same_queries_for_one_and_for_three_movies(self):
        make_movie("One", language="Hindi", poster=picture_file())
        with self.assertNumQueries(8):
            self.list()

        make_movie("Two", language="Tamil")
        make_movie("Three", language="Telugu", poster=picture_file())

        with self.assertNumQueries(8):
            self.list()

    def test_a_movie_is_added_with_its_poster(self):
        genre = Genre.objects.create(name="Action")

        self.client.post(
            reverse("admin:movies_movie_add"), {**FORM, "genres": [genre.pk], "poster": picture_file()}
        )

        movie = Movie.objects.get()
        self.assertEqual(
            (movie.slug, movie.release_date, list(movie.genres.all())), ("sholay", date(1975, 8, 15), [genre])
        )
        self.assertEqual(list(movie.poster.scaled), [100, 200])
        page = self.client.get(reverse("admin:movies_movie_change", args=[movie.pk]))
        self.assertContains(
            page, f'<img src="{movie.poster.src}" alt="" width="200" height="300" loading="lazy">'
        )

    def test_a_poster_that_is_cut_off_is_refused(self):
        broken = ContentFile(picture_bytes()[:-100], name="poster.jpg")

        response = self.client.post(reverse("admin:movies_movie_add"), {**FORM, "poster": broken})

        self.assertEqual(response.status_code, 200)
        self.assertEqual(list(response.context["errors"])[0], [posters.REFUSED])
        self.assertEqual(Movie.objects.count(), 0)

    def test_a_poster_of_more_pixels_than_the_memory_should_take_is_refused_and_not_kept(self):
        huge = picture_file("poster.png", width=9000, height=7000, kind="PNG", mode="1", colour=1)

        response = self.client.post(reverse("admin:movies_movie_add"), {**FORM, "poster": huge})

        self.assertEqual(list(response.context["errors"])[0], [posters.REFUSED])
        self.assertEqual(list(Path(settings.MEDIA_ROOT).rglob("*no-picture*")), [])
        self.assertEqual(Movie.objects.count(), 0)

    def test_a_full_disk_saves_nothing_and_says_so(self):
        media = Path(own_media(self))
        make_movie("Don", poster=picture_file())
        before = files_below(media)
        for files in (0, 1, 2):  # room for nothing, for the upload, for one of its pictures, too
            with self.subTest(files), disk_full_after(files):
                response = self.client.post(
                    reverse("admin:movies_movie_add"), {**FORM, "poster": picture_file(colour="#123456")}
                )

                self.assertContains(response, "nothing on this form was saved", status_code=507)
                self.assertEqual((Movie.objects.count(), files_below(media)), (1, before))

    def test_a_full_disk_leaves_the_poster_that_was_there(self):
        media = Path(own_media(self))
        movie = make_movie("Don", poster=picture_file())
        before = files_below(media)

        with disk_full_after(1):
            response = self.client.post(
                reverse("admin:movies_movie_change", args=[movie.pk]),
                {**FORM, "slug": movie.slug, "poster": picture_file(colour="#123456")},
            )

        self.assertEqual((response.status_code, files_below(media)), (507, before))
        self.assertEqual(
            (Movie.objects.get().title, Movie.objects.get().poster.name), ("Don", movie.poster.name)
        )

    def test_a_movie_without_a_length_or_longer_than_a_day_is_refused(self):
        for duration, sentence in (
            ("0", "Ensure this value is greater than or equal to 1."),
            ("1441", "Ensure this value is less than or equal to 1440."),
            ("99999999999", "Ensure this value is less than or equal to 1440."),
        ):
            with self.subTest(duration):
                response = self.client.post(reverse("admin:movies_movie_add"), {**FORM, "duration": duration})
                self.assertContains(response, sentence)
                self.assertEqual(Movie.objects.count(), 0)


class GenreAdminTests(TestCase):
    def setUp(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))

    def test_genres_without_movies_can_be_filtered(self):
        make_movie(genres=["Action"], language="Hindi")
        Genre.objects.create(name="Noir"), Language.objects.create(name="Latin")

        for name, used, unused in (("genre", "Action", "Noir"), ("language", "Hindi", "Latin")):
            for asked, shown in (("some", [used]), ("none", [unused]), ("", [used, unused])):
                page = self.client.get(reverse(f"admin:movies_{name}_changelist"), {"movies": asked})
                with self.subTest(name, asked=asked):
                    self.assertEqual([row.name for row in page.context["cl"].result_list], shown)

    def test_genres_and_languages_say_how_many_movies_they_have(self):
        make_movie(genres=["Action"], language="Hindi")
        make_movie(genres=["Action"], language="Hindi")

        for name in ("genre", "language"):
            response = self.client.get(reverse(f"admin:movies_{name}_changelist"))
            self.assertContains(response, '<td class="field-movie_count">2</td>', html=True)
