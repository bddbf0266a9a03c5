"""Titles and names in every script, in composed (NFC) and in decomposed (NFD) Unicode."""

import json
import tempfile
import unicodedata
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from django.apps import apps
from django.db import connection
from django.test import TestCase
from django.urls import reverse

from moviebooking.testing import make_city, make_movie, make_theater, make_user
from movies.importer import import_movies
from movies.models import Genre, Movie

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "L’Élève") for form in ("NFC", "NFD"))


class NormalizationTests(TestCase):
    def test_a_decomposed_title_is_stored_composed(self):
        movie = make_movie(DECOMPOSED, description=DECOMPOSED)

        self.assertEqual((movie.title, movie.description), (COMPOSED, COMPOSED))
        self.assertEqual(Movie.objects.values_list("title", "description").get(), (COMPOSED, COMPOSED))
        self.assertEqual(Movie.objects.get(title=DECOMPOSED), movie)

    def test_a_decomposed_genre_name_finds_the_existing_genre(self):
        genre = Genre.objects.create(name="Comédie")

        found, is_new = Genre.objects.get_or_create(name=unicodedata.normalize("NFD", "Comédie"))

        self.assertEqual((found, is_new), (genre, False))

    def test_an_import_finds_a_movie_by_a_composed_or_decomposed_title(self):
        row = {"title": DECOMPOSED, "duration": 120, "release_date": "2026-01-02", "genres": "Drama"}
        make_movie(DECOMPOSED, release_date="2026-01-02", duration=90)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "movies.json")
            file.write_text(json.dumps([row, {**row, "title": COMPOSED}]))
            results = [outcome.result for outcome in import_movies(file)]

        self.assertEqual(results, ["updated", "unchanged"])
        self.assertEqual(Movie.objects.count(), 1)

    def test_the_migration_composes_and_folds_existing_titles(self):
        make_movie("One")
        twin = Genre.objects.create(name="Comédie")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE movies_movie SET title = %s, folded_title = ''", [DECOMPOSED])
        migration = import_module("movies.migrations.0003_folded_titles")

        migration.fold(apps, None)
        migration.compose_names(apps, None)

        self.assertEqual(Movie.objects.values_list("title", "folded_title").get(), (COMPOSED, "l'eleve"))
        self.assertEqual(Genre.objects.get(), twin)


class UrlTests(TestCase):
    def test_pages_open_by_a_slug_with_vowel_signs(self):
        movie = make_movie("दिलवाले", genres=["நாடகம்"], language="हिन्दी")
        theater = make_theater("ಕಾಂತಾರ", city=make_city("मुंबई"))
        addresses = [
            movie.get_absolute_url(),
            theater.get_absolute_url(),
            movie.genres.get().get_absolute_url(),
            movie.language.get_absolute_url(),
        ]

        self.assertEqual(addresses[0], f"/movies/{quote('दिलवाले')}/")
        for address in addresses:
            with self.subTest(address):
                self.assertEqual(self.client.get(address).status_code, 200)

    def test_a_decomposed_slug_in_the_url_opens_the_same_page(self):
        make_movie("कड़वा")
        slug = quote(unicodedata.normalize("NFD", Movie.objects.get().slug))

        self.assertEqual(self.client.get(f"/movies/{slug}/").status_code, 200)

    def test_an_old_slug_without_vowel_signs_is_kept_and_still_opens(self):
        movie = make_movie("दिलवाले", slug="दलवल")
        movie.title = "दिलवाले 2"
        movie.save()

        self.assertEqual(movie.slug, "दलवल")
        self.assertEqual(self.client.get(movie.get_absolute_url()).status_code, 200)

    def test_a_path_that_can_not_be_a_slug_is_404(self):
        for path in ("a%20b", "%00", "a.b", "%E2%80%8B", "%F0%9F%8E%AC", "x" * 3000):
            for page in ("movies", "movies/genres", "theaters"):
                with self.subTest(path[:20], page=page):
                    self.assertEqual(self.client.get(f"/{page}/{path}/").status_code, 404)


class AdminTests(TestCase):
    def setUp(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))

    def test_a_movie_whose_slug_has_vowel_signs_can_be_saved(self):
        movie = make_movie("दिलवाले")
        page = reverse("admin:movies_movie_change", args=[movie.pk])
        fields = {"title": movie.title, "slug": movie.slug, "duration": 120, "release_date": "2026-01-02"}

        response = self.client.post(page, fields)

        self.assertRedirects(response, reverse("admin:movies_movie_changelist"))
        refused = self.client.post(page, {**fields, "slug": "a b"})
        self.assertEqual(list(refused.context["adminform"].form.errors), ["slug"])

    def test_an_empty_slug_is_made_from_the_name(self):
        page = reverse("admin:theaters_city_add")

        self.client.post(page, {"name": "मुंबई", "slug": "", "timezone": "Asia/Kolkata"})

        self.assertEqual(make_city("Pune").__class__.objects.get(name="मुंबई").slug, "मुंबई")

    def test_the_search_ignores_accents_and_unicode_form(self):
        make_movie("Mùi đu đủ xanh")
        make_movie("Other", description="À l’école")
        for typed, title in [("mui du", "Mùi đu đủ xanh"), ("đu đủ", "Mùi đu đủ xanh"), ("école", "Other")]:
            for form in ("NFC", "NFD"):
                query = {"q": unicodedata.normalize(form, typed)}
                with self.subTest(typed, form=form):
                    page = self.client.get(reverse("admin:movies_movie_changelist"), query)
                    self.assertEqual([movie.title for movie in page.context["cl"].result_list], [title])
