from unittest import skipUnless

from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from moviebooking.testing import make_movie
from movies import search
from movies.models import Movie

from .pages import film_titles, text_of


class SearchTests(TestCase):
    """On both databases: PostgreSQL's trigrams, and the plain ones elsewhere."""

    @classmethod
    def setUpTestData(cls):
        make_movie("Sholay", description="Two friends hunt a bandit called Don", genres=["Action"])
        make_movie("Don", description="A double life", genres=["Action"])
        make_movie("The London Don", description="Far away", genres=["Drama"])
        make_movie("Baahubali: The Beginning", genres=["Action"])
        make_movie("Dilwale Dulhania Le Jayenge", genres=["Drama"])
        make_movie("Amélie", genres=["Drama"])

    def titles(self, q, **query):
        return film_titles(self.client.get(reverse("movies:list"), {"q": q, **query}))

    def test_titles_that_begin_so_come_first_and_descriptions_last(self):
        self.assertEqual(self.titles("don"), ["Don", "The London Don", "Sholay"])

    def test_typing_errors_are_forgiven(self):
        for typed, meant in [
            ("Solay", "Sholay"),
            ("shloay", "Sholay"),
            ("bahubali", "Baahubali: The Beginning"),
            ("dilwale dulhaniya", "Dilwale Dulhania Le Jayenge"),
            ("amelie", "Amélie"),
        ]:
            with self.subTest(typed):
                self.assertEqual(self.titles(typed)[:1], [meant])

    def test_a_guess_says_that_it_is_one(self):
        response = self.client.get(reverse("movies:list"), {"q": "solay"})

        self.assertIn("Nothing is called “solay”. Did you mean one of these?", text_of(response))

    def test_a_word_that_a_film_has_is_no_guess(self):
        self.assertEqual(self.titles("bandit"), ["Sholay"])
        self.assertNotIn("Did you mean", text_of(self.client.get(reverse("movies:list"), {"q": "bandit"})))

    def test_a_guess_passes_the_other_filters_too(self):
        self.assertEqual(self.titles("solay", genre="action"), ["Sholay"])
        self.assertEqual(self.titles("solay", genre="drama"), [])

    def test_what_comes_near_nothing_finds_nothing(self):
        for text in ["qqqqqqq", "!!!", "%", "_", "\\", "'", "शोले"]:
            with self.subTest(text):
                self.assertEqual(self.titles(text), [])

    def test_every_word_has_to_come_near_something(self):
        make_movie("The Bars Film")

        self.assertEqual(self.titles("no film has these words"), [])
        self.assertEqual(self.titles("barz fillm"), ["The Bars Film"])

    def test_the_nearest_title_comes_first(self):
        make_movie("Sholay Again")

        self.assertEqual(self.titles("sholya agaim"), ["Sholay Again"])
        self.assertEqual(self.titles("baahubli bginning"), ["Baahubali: The Beginning"])

    @skipUnless(connection.vendor == "postgresql", "indexes of PostgreSQL")
    def test_words_are_found_by_an_index(self):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Movie.objects.matching("bandit").order_by().explain()

        self.assertIn("movie_title_words", plan)
        self.assertIn("movie_description_words", plan)


class LikenessTests(SimpleTestCase):
    def test_it_is_the_share_of_the_words_letter_triples(self):
        self.assertEqual(search._likeness("don", "Don"), 1)
        self.assertEqual(search._likeness("don", "The Don of London"), 1)
        self.assertEqual(search._likeness("don", "Sholay"), 0)
        self.assertAlmostEqual(search._likeness("solay", "Sholay"), 4 / 6)
