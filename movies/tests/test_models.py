from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase

from moviebooking.testing import make_movie
from movies.models import Genre, Language, Movie


class MovieTests(TestCase):
    def test_the_contracts_fields_alone_make_a_movie(self):
        movie = Movie.objects.create(
            title="Sholay", description="Two friends.", duration=204, release_date=date(1975, 8, 15)
        )

        self.assertEqual((movie.slug, str(movie)), ("sholay", "Sholay"))
        self.assertEqual(movie.get_absolute_url(), "/movies/sholay/")

    def test_a_language_that_goes_leaves_the_movie(self):
        movie = make_movie(language="Hindi")

        Language.objects.get().delete()

        movie.refresh_from_db()
        self.assertIsNone(movie.language)

    def test_a_genre_knows_its_movies_and_a_movie_its_genres(self):
        movie = make_movie(genres=["Action", "Drama"])

        self.assertEqual([genre.name for genre in movie.genres.all()], ["Action", "Drama"])
        self.assertEqual(list(Genre.objects.get(name="Drama").movies.all()), [movie])

    def test_a_movie_lasts_a_minute_at_least(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            make_movie(duration=0)

        self.assertEqual(Movie.objects.count(), 0)

    def test_and_a_day_at_most(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            make_movie(duration=1441)

        self.assertEqual(make_movie(duration=1440).duration, 1440)

    def test_the_certificates_mark_is_short(self):
        marks = [Movie(certificate=certificate).certificate_mark for certificate in ["U", "UA13", ""]]

        self.assertEqual(marks, ["U", "UA 13+", ""])

    def test_a_genre_or_language_is_one_whatever_its_capitals(self):
        for model in (Genre, Language):
            model.objects.create(name="Noir")
            with self.subTest(model.__name__):
                with self.assertRaises(ValidationError) as caught:
                    model(name="NOIR", slug="noir-2").full_clean()
                self.assertEqual(caught.exception.messages, ["This name exists with different capitals."])
                with self.assertRaises(IntegrityError), transaction.atomic():
                    model.objects.create(name="NOIR")


class SlugTests(TestCase):
    def slugs_of(self, *titles):
        return [make_movie(title).slug for title in titles]

    def test_movies_of_one_title_each_have_their_own(self):
        self.assertEqual(
            self.slugs_of("Drishyam", "Drishyam", "Drishyam"), ["drishyam", "drishyam-2", "drishyam-3"]
        )

    def test_a_title_that_looks_like_a_twins_slug_is_no_clash(self):
        self.assertEqual(self.slugs_of("Dune 2", "Dune", "Dune"), ["dune-2", "dune", "dune-3"])

    def test_accents_go_and_digits_stay(self):
        self.assertEqual(self.slugs_of("Amélie", "1917"), ["amelie", "1917"])

    def test_a_title_in_another_alphabet_keeps_it(self):
        self.assertEqual(self.slugs_of("アキラ 2", "Левиафан"), ["アキラ-2", "левиафан"])

    def test_a_title_without_a_letter_is_named_after_what_it_is(self):
        self.assertEqual(self.slugs_of("???", "!!!"), ["movie", "movie-2"])

    def test_the_words_of_the_urls_are_left_to_them(self):
        self.assertEqual(self.slugs_of("Genres", "Languages"), ["genres-2", "languages-2"])

    def test_nor_are_they_taken_where_a_slug_is_typed(self):
        movie = make_movie("Sholay")
        for slug in ("genres", "languages"):
            movie.slug = slug
            with self.subTest(slug), self.assertRaises(ValidationError) as caught:
                movie.full_clean()
            self.assertEqual(
                caught.exception.message_dict,
                {"slug": [f"The site needs “{slug}” for one of its own pages."]},
            )

    def test_the_longest_title_has_room_for_its_twins_number(self):
        first, second = self.slugs_of("x" * 200, "x" * 200)

        self.assertEqual((first, second), ("x" * 200, "x" * 200 + "-2"))

    def test_a_new_title_keeps_the_address(self):
        movie = make_movie("Bombay")

        movie.title = "Mumbai"
        movie.save()

        self.assertEqual(movie.slug, "bombay")

    def test_a_genre_has_one_too(self):
        self.assertEqual(
            Genre.objects.create(name="Science Fiction").get_absolute_url(), "/movies/genres/science-fiction/"
        )
        self.assertEqual(Language.objects.create(name="हिन्दी").slug, "हिन्दी")
