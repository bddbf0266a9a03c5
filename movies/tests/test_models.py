from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase

from moviebooking.testing import make_movie
from movies.models import Genre, Language, Movie


class MovieTests(TestCase):
    def test_a_movie_can_be_created_from_its_required_fields(self):
        movie = Movie.objects.create(
            title="Sholay", description="Two friends.", duration=204, release_date=date(1975, 8, 15)
        )

        self.assertEqual((movie.slug, str(movie)), ("sholay", "Sholay"))
        self.assertEqual(movie.get_absolute_url(), "/movies/sholay/")

    def test_deleting_a_language_keeps_the_movie(self):
        movie = make_movie(language="Hindi")

        Language.objects.get().delete()

        movie.refresh_from_db()
        self.assertIsNone(movie.language)

    def test_genres_and_movies_are_related_both_ways(self):
        movie = make_movie(genres=["Action", "Drama"])

        self.assertEqual([genre.name for genre in movie.genres.all()], ["Action", "Drama"])
        self.assertEqual(list(Genre.objects.get(name="Drama").movies.all()), [movie])

    def test_a_movie_lasts_a_minute_at_least(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            make_movie(duration=0)

        self.assertEqual(Movie.objects.count(), 0)

    def test_a_movie_lasts_a_day_at_most(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            make_movie(duration=1441)

        self.assertEqual(make_movie(duration=1440).duration, 1440)

    def test_the_certificates_mark_is_short(self):
        marks = [Movie(certificate=certificate).certificate_mark for certificate in ["U", "UA13", ""]]

        self.assertEqual(marks, ["U", "UA 13+", ""])

    def test_names_of_genres_and_languages_are_unique_ignoring_case(self):
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

    def test_movies_with_the_same_title_have_different_slugs(self):
        self.assertEqual(
            self.slugs_of("Drishyam", "Drishyam", "Drishyam"), ["drishyam", "drishyam-2", "drishyam-3"]
        )

    def test_a_title_that_equals_a_numbered_slug_gets_another_one(self):
        self.assertEqual(self.slugs_of("Dune 2", "Dune", "Dune"), ["dune-2", "dune", "dune-3"])

    def test_a_slug_drops_accents_and_keeps_digits(self):
        self.assertEqual(self.slugs_of("Amélie", "1917"), ["amelie", "1917"])

    def test_a_slug_keeps_the_script_of_the_title(self):
        self.assertEqual(self.slugs_of("アキラ 2", "Левиафан"), ["アキラ-2", "левиафан"])

    def test_a_title_without_letters_gets_the_models_name_as_slug(self):
        self.assertEqual(self.slugs_of("???", "!!!"), ["movie", "movie-2"])

    def test_words_of_the_sites_urls_are_not_used_as_slugs(self):
        self.assertEqual(self.slugs_of("Genres", "Languages"), ["genres-2", "languages-2"])

    def test_a_typed_slug_may_not_be_a_word_of_the_sites_urls(self):
        movie = make_movie("Sholay")
        for slug in ("genres", "languages"):
            movie.slug = slug
            with self.subTest(slug), self.assertRaises(ValidationError) as caught:
                movie.full_clean()
            self.assertEqual(
                caught.exception.message_dict,
                {"slug": [f"The site needs “{slug}” for one of its own pages."]},
            )

    def test_the_slug_of_the_longest_title_leaves_room_for_a_number(self):
        first, second = self.slugs_of("x" * 200, "x" * 200)

        self.assertEqual((first, second), ("x" * 200, "x" * 200 + "-2"))

    def test_a_changed_title_keeps_the_slug(self):
        movie = make_movie("Bombay")

        movie.title = "Mumbai"
        movie.save()

        self.assertEqual(movie.slug, "bombay")

    def test_a_genre_has_a_slug(self):
        self.assertEqual(
            Genre.objects.create(name="Science Fiction").get_absolute_url(), "/movies/genres/science-fiction/"
        )
        self.assertEqual(Language.objects.create(name="हिन्दी").slug, "हिन्दी")
