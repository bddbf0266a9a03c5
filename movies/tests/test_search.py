import unicodedata
from unittest import skipUnless

from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from moviebooking.testing import make_movie
from movies import search
from movies.models import Movie

from .support.pages import movie_titles, text_of


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
        return movie_titles(self.client.get(reverse("movies:list"), {"q": q, **query}))

    def test_titles_that_begin_with_the_words_come_first_and_descriptions_last(self):
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

    def test_results_by_similarity_are_announced_as_such(self):
        response = self.client.get(reverse("movies:list"), {"q": "solay"})

        self.assertIn("No results for “solay”. Did you mean:", text_of(response))

    def test_a_word_in_a_title_is_not_searched_by_similarity(self):
        self.assertEqual(self.titles("bandit"), ["Sholay"])
        self.assertNotIn("Did you mean", text_of(self.client.get(reverse("movies:list"), {"q": "bandit"})))

    def test_results_by_similarity_pass_the_other_filters(self):
        self.assertEqual(self.titles("solay", genre="action"), ["Sholay"])
        self.assertEqual(self.titles("solay", genre="drama"), [])

    def test_accents_and_case_make_no_difference(self):
        make_movie("Mùi đu đủ xanh", genres=["Drama"])
        make_movie("Ταξίδι στα Κύθηρα")
        make_movie("फ़िल्म")
        for typed, meant in [
            ("mui du du", "Mùi đu đủ xanh"),
            ("MÙI ĐU ĐỦ", "Mùi đu đủ xanh"),
            ("ΤΑΞΙΔΙ", "Ταξίδι στα Κύθηρα"),
            ("फिल्म", "फ़िल्म"),
            ("amelie", "Amélie"),
        ]:
            for form in ("NFC", "NFD"):
                with self.subTest(typed, form=form):
                    response = self.client.get(
                        reverse("movies:list"), {"q": unicodedata.normalize(form, typed)}
                    )
                    self.assertEqual(movie_titles(response), [meant])
                    self.assertNotIn("Did you mean", text_of(response))

    def test_a_title_and_a_description_typed_in_parts_are_found_by_either_form(self):
        make_movie(
            unicodedata.normalize("NFD", "Élève"), description=unicodedata.normalize("NFD", "Près de là")
        )
        for typed in ("élève", "eleve", "Près"):
            for form in ("NFC", "NFD"):
                with self.subTest(typed, form=form):
                    self.assertEqual(self.titles(unicodedata.normalize(form, typed)), ["Élève"])

    def test_a_changed_title_is_found_and_the_old_one_is_not(self):
        movie = make_movie("Old Name")
        movie.title = "Nouveau Été"
        movie.save(update_fields=["title"])

        self.assertEqual(self.titles("nouveau ete"), ["Nouveau Été"])
        self.assertEqual(self.titles("old name"), [])

    def test_vowel_signs_are_letters_and_not_accents(self):
        make_movie("दिलवाले")

        self.assertEqual(self.titles("दिलवाले"), ["दिलवाले"])
        self.assertEqual(self.titles("दलवल"), [])

    def test_words_similar_to_no_title_find_nothing(self):
        for text in ["qqqqqqq", "!!!", "%", "_", "\\", "'", "शोले"]:
            with self.subTest(text):
                self.assertEqual(self.titles(text), [])

    def test_every_word_has_to_be_similar_to_a_part_of_the_title(self):
        make_movie("The Bars Film")

        self.assertEqual(self.titles("no movie has these words"), [])
        self.assertEqual(self.titles("barz fillm"), ["The Bars Film"])

    def test_the_most_similar_title_comes_first(self):
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
    def test_likeness_is_the_share_of_the_words_trigrams(self):
        self.assertEqual(search._likeness("don", "don"), 1)
        self.assertEqual(search._likeness("don", "the don of london"), 1)
        self.assertEqual(search._likeness("don", "sholay"), 0)
        self.assertAlmostEqual(search._likeness("solay", "sholay"), 4 / 6)
