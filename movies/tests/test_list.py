from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from moviebooking.templatetags.formats import day
from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater
from movies.views import MOVIES_PER_PAGE
from theaters.models import Theater

from .support.pages import choose_city, movie_titles, text_of


class FilterTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.pune, cls.mumbai = make_city("Pune"), make_city("Mumbai")
        in_pune = make_screen(theater=make_theater(city=cls.pune))
        in_mumbai = make_screen(theater=make_theater(city=cls.mumbai))
        cls.sholay = make_movie(
            "Sholay", genres=["Action", "Drama"], language="Hindi", description="Two friends"
        )
        cls.nayakan = make_movie("Nayakan", genres=["Drama"], language="Tamil", description="A don of Bombay")
        cls.don = make_movie(
            "Don", genres=["Action"], language="Hindi", certificate="A", description="A double"
        )
        make_showtime(movie=cls.sholay, screen=in_pune, format="3D")
        make_showtime(movie=cls.don, screen=in_mumbai, captions=True)
        make_showtime(movie=cls.nayakan, screen=in_pune, starts_in=timedelta(hours=-1))

    def titles(self, **query):
        return movie_titles(self.client.get(reverse("movies:list"), query))

    def test_without_filters_all_movies_are_listed_with_those_on_sale_first(self):
        self.assertEqual(self.titles(), ["Don", "Sholay", "Nayakan"])

    def test_a_search_looks_at_titles_and_descriptions(self):
        self.assertEqual(self.titles(q="don"), ["Don", "Nayakan"])
        self.assertEqual(self.titles(q="FRIENDS"), ["Sholay"])

    def test_the_list_is_filtered_by_genre(self):
        self.assertEqual(self.titles(genre="drama"), ["Sholay", "Nayakan"])

    def test_the_list_is_filtered_by_language(self):
        self.assertEqual(self.titles(language="hindi"), ["Don", "Sholay"])

    def test_the_list_is_filtered_by_age_rating(self):
        self.assertEqual(self.titles(certificate="A"), ["Don"])

    def test_the_list_is_filtered_by_city(self):
        self.assertEqual(self.titles(city="pune"), ["Sholay"])

    def test_the_list_is_filtered_by_format(self):
        self.assertEqual(self.titles(format="3D"), ["Sholay"])

    def test_the_list_is_filtered_by_captions(self):
        self.assertEqual(self.titles(captions="on"), ["Don"])

    def test_filters_are_combined(self):
        self.assertEqual(self.titles(genre="action", language="hindi", city="pune"), ["Sholay"])
        self.assertEqual(self.titles(q="don", genre="action"), ["Don"])
        self.assertEqual(self.titles(city="pune", captions="on"), [])

    def test_one_showtime_has_to_match_all_filters_about_showtimes(self):
        make_showtime(movie=self.sholay, starts_in=timedelta(days=3), captions=True, format="2D")

        self.assertEqual(self.titles(format="3D", captions="on"), [])

    def test_the_form_keeps_the_filters(self):
        response = self.client.get(reverse("movies:list"), {"q": "don", "genre": "action", "city": "pune"})

        self.assertContains(response, 'value="don"')
        self.assertContains(response, '<option value="action" selected>Action</option>', html=True)
        self.assertContains(response, '<option value="pune" selected>Pune</option>', html=True)


class ShownFilterTests(TestCase):
    def chosen(self, path, query):
        return self.client.get(f"{path}?{query}").context["filters"].chosen

    def setUp(self):
        make_city("Pune")
        make_movie(genres=["Drama"], language="Hindi")
        self.tomorrow = timezone.localdate() + timedelta(days=1)

    def test_each_filter_is_shown_with_a_link_that_removes_it(self):
        query = f"q=x&genre=drama&date={self.tomorrow}&captions=on&city=pune&page=2"

        self.assertEqual(
            self.chosen("/movies/", query),
            [
                ("Drama", f"?q=x&city=pune&date={self.tomorrow}&captions=on"),
                ("Pune", f"?q=x&genre=drama&date={self.tomorrow}&captions=on&city="),
                (day(self.tomorrow, "wide"), "?q=x&genre=drama&city=pune&captions=on"),
                ("With subtitles (CC)", f"?q=x&genre=drama&city=pune&date={self.tomorrow}"),
            ],
        )

    def test_invalid_empty_and_fixed_filters_are_not_shown(self):
        self.assertEqual(self.chosen("/movies/genres/drama/", "genre=drama&language=zzz&time=&foo=bar"), [])


class OwnCityTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.pune, cls.mumbai = make_city("Pune"), make_city("Mumbai")
        in_pune = make_screen(theater=make_theater(city=cls.pune))
        in_mumbai = make_screen(theater=make_theater(city=cls.mumbai))
        cls.sholay = make_movie("Sholay", genres=["Drama"], language="Hindi")
        make_showtime(movie=cls.sholay, screen=in_pune, price="300.00")
        make_showtime(movie=cls.sholay, screen=in_mumbai, price="200.00")
        make_showtime(movie=make_movie("Don"), screen=in_mumbai)

    def setUp(self):
        choose_city(self.client, self.pune)

    def get(self, path="/movies/", **query):
        return self.client.get(path, query)

    def test_movies_and_prices_are_those_of_the_chosen_city(self):
        response = self.get()

        self.assertEqual(movie_titles(response), ["Sholay"])
        self.assertContains(response, "from ₹372")
        self.assertIn("1 movie in Pune Show all cities", text_of(response))
        self.assertContains(response, '<option value="pune" selected>Pune</option>', html=True)
        self.assertEqual(response.context["filters"].chosen, [])

    def test_pages_of_genres_and_languages_use_the_chosen_city(self):
        for path in ("/movies/genres/drama/", "/movies/languages/hindi/"):
            self.assertContains(self.get(path), "from ₹372")

    def test_a_city_in_the_url_overrides_the_chosen_one(self):
        self.assertEqual(movie_titles(self.get(city="mumbai")), ["Don", "Sholay"])
        self.assertEqual(movie_titles(self.get(city="")), ["Don", "Sholay"])

    def test_a_movie_only_in_other_cities_is_found_with_a_message(self):
        response = self.get(q="don")

        self.assertEqual(movie_titles(response), ["Don"])
        self.assertIn("Nothing in Pune matches. Showing all cities.", text_of(response))

    def test_a_deleted_chosen_city_is_ignored(self):
        Theater.objects.filter(city=self.pune).delete()
        self.pune.delete()

        response = self.get()

        self.assertEqual(movie_titles(response), ["Don", "Sholay"])
        self.assertEqual(response.context["filters"].problems, [])


class WithoutPriceTests(TestCase):
    def test_a_movie_without_showtimes_shows_its_release_or_that_it_has_ended(self):
        coming = make_movie("Coming", release_date=timezone.localdate() + timedelta(days=30))
        make_movie("Gone")

        page = text_of(self.client.get(reverse("movies:list")))

        self.assertIn(f"Coming 2 h In cinemas {day(coming.release_date, 'medium')}", page)
        self.assertIn("Gone 2 h Not showing right now", page)


class DayAndTimeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.tomorrow = timezone.localdate() + timedelta(days=1)
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        for title, days, hour in [("Early", 1, 9), ("Late", 1, 22), ("Next day", 2, 9)]:
            start = midnight + timedelta(days=days, hours=hour)
            make_showtime(movie=make_movie(title), start_time=start)

    def titles(self, **query):
        return sorted(movie_titles(self.client.get(reverse("movies:list"), query)))

    def test_the_list_is_filtered_by_date(self):
        self.assertEqual(self.titles(date=self.tomorrow), ["Early", "Late"])

    def test_the_list_is_filtered_by_time_of_day(self):
        self.assertEqual(self.titles(time="morning"), ["Early", "Next day"])
        self.assertEqual(self.titles(time="night"), ["Late"])
        self.assertEqual(self.titles(time="afternoon"), [])

    def test_each_part_of_the_day_begins_at_its_hour(self):
        for hour, minute in [
            (0, 10),
            (4, 59),
            (5, 0),
            (11, 59),
            (12, 0),
            (16, 59),
            (17, 0),
            (20, 59),
            (21, 0),
        ]:
            start = timezone.localtime().replace(hour=hour, minute=minute, second=0) + timedelta(days=3)
            make_showtime(movie=make_movie(f"{hour}:{minute:02}"), start_time=start)
        day = self.tomorrow + timedelta(days=2)

        parts = {
            part: self.titles(date=day, time=part) for part in ("morning", "afternoon", "evening", "night")
        }

        self.assertEqual(
            parts,
            {
                "morning": ["11:59", "5:00"],
                "afternoon": ["12:00", "16:59"],
                "evening": ["17:00", "20:59"],
                "night": ["0:10", "21:00", "4:59"],
            },
        )

    def test_date_and_time_of_day_are_combined(self):
        self.assertEqual(self.titles(date=self.tomorrow, time="morning"), ["Early"])

    def test_times_of_day_are_in_the_theaters_zone(self):
        dubai = make_screen(theater=make_theater(city=make_city("Dubai", timezone="Asia/Dubai")))
        start = timezone.localtime().replace(hour=1, minute=0) + timedelta(
            days=2
        )  # 23:30 of the day before there
        make_showtime(movie=make_movie("Over there"), screen=dubai, start_time=start)

        self.assertEqual(self.titles(city="dubai", date=self.tomorrow, time="night"), ["Over there"])
        self.assertEqual(self.titles(city="dubai", date=self.tomorrow + timedelta(days=1)), [])


class InvalidFilterTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_showtime(movie=make_movie("Sholay", genres=["Drama"], language="Hindi"))

    def problems_of(self, **query):
        response = self.client.get(reverse("movies:list"), query)
        self.assertEqual((response.status_code, movie_titles(response)), (200, []))
        return response.context["filters"].problems

    def test_unknown_values_are_quoted_in_messages(self):
        self.assertEqual(self.problems_of(genre="zzz"), ["We don’t have a genre called “zzz”."])
        self.assertEqual(self.problems_of(language="zzz"), ["We don’t have a language called “zzz”."])
        self.assertEqual(self.problems_of(certificate="zzz"), ["We don’t have an age rating called “zzz”."])
        self.assertEqual(self.problems_of(format="zzz"), ["We don’t have a format called “zzz”."])
        self.assertEqual(self.problems_of(time="zzz"), ["We don’t have a time of day called “zzz”."])
        self.assertEqual(self.problems_of(city="zzz"), ["We don’t have a city called “zzz”."])

    def test_invalid_characters_are_refused(self):
        sentence = "Please remove the special characters."

        self.assertEqual(self.problems_of(q="a\0b"), [sentence])
        self.assertEqual(self.problems_of(city="a\0b"), [sentence])
        self.assertContains(self.client.get("/movies/?q=%ff%fe"), sentence)

    def test_a_field_refers_to_its_error_message(self):
        response = self.client.get(reverse("movies:list"), {"genre": "zzz"})

        self.assertContains(response, 'aria-invalid="true" aria-describedby="id_genre_error"')
        self.assertContains(response, '<p id="id_genre_error">We don’t have a genre called “zzz”.</p>')

    def test_ten_thousand_characters_are_too_many(self):
        self.assertEqual(
            self.problems_of(q="x" * 10_000),
            ["Ensure this value has at most 100 characters (it has 10000)."],
        )
        self.assertEqual(
            self.problems_of(genre="x" * 10_000), [f"We don’t have a genre called “{'x' * 40}”."]
        )

    def test_two_mistakes_have_two_messages(self):
        self.assertEqual(
            self.problems_of(genre="zzz", date="soon"),
            [
                "We don’t have a genre called “zzz”.",
                f"“soon” isn’t a date. Use this form: {timezone.localdate()}.",
            ],
        )

    def test_a_search_without_results_says_what_to_do(self):
        response = self.client.get(reverse("movies:list"), {"q": "qqqqqqq"})

        self.assertIn("No movies match. Remove a filter or check the spelling.", text_of(response))

    def test_markup_in_a_search_stays_text(self):
        response = self.client.get(reverse("movies:list"), {"q": "<script>alert(1)</script>"})

        self.assertNotContains(response, "<script>alert")


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for number in range(MOVIES_PER_PAGE + 1):
            make_movie(f"Film {number:02}", genres=["Drama"])

    def page(self, page, **query):
        response = self.client.get(reverse("movies:list"), {"page": page, **query})
        self.assertEqual(response.status_code, 200)
        return response.context["page_obj"].number, response.context["notice"]

    def test_the_page_number_is_in_the_url(self):
        self.assertEqual(self.page("2"), (2, ""))
        self.assertEqual(self.page(""), (1, ""))

    def test_a_page_number_that_is_too_high_shows_the_last_page(self):
        self.assertEqual(self.page("99999"), (2, "Page 99999 doesn’t exist. Showing page 2."))
        self.assertEqual(self.page("9" * 4_000), (2, f"Page {'9' * 40} doesn’t exist. Showing page 2."))

    def test_a_page_number_below_one_shows_the_first_page(self):
        self.assertEqual(self.page("-1"), (1, "Page -1 doesn’t exist. Showing page 1."))
        self.assertEqual(self.page("0"), (1, "Page 0 doesn’t exist. Showing page 1."))

    def test_a_page_that_is_not_a_number_shows_the_first_page(self):
        self.assertEqual(self.page("abc"), (1, "Page “abc” doesn’t exist. Showing page 1."))
        self.assertEqual(self.page("1.5"), (1, "Page “1.5” doesn’t exist. Showing page 1."))
        self.assertEqual(self.page("9" * 5_000), (1, f"Page “{'9' * 40}” doesn’t exist. Showing page 1."))

    def test_the_link_to_the_next_page_keeps_the_filters(self):
        response = self.client.get(reverse("movies:list"), {"q": "Film", "genre": "drama"})

        self.assertContains(response, 'href="?q=Film&amp;genre=drama&amp;page=2"')


class GenreAndLanguageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_movie("Sholay", genres=["Drama"], language="Hindi")
        make_movie("Don", genres=["Action"], language="Tamil")

    def test_a_genre_has_a_page(self):
        response = self.client.get(reverse("movies:genre", args=["drama"]))

        self.assertEqual(movie_titles(response), ["Sholay"])
        self.assertContains(response, "<h1>Drama movies</h1>")

    def test_a_language_has_a_page(self):
        response = self.client.get(reverse("movies:language", args=["tamil"]))

        self.assertEqual(movie_titles(response), ["Don"])
        self.assertContains(response, "<h1>Tamil movies</h1>")

    def test_pages_of_genres_and_languages_accept_filters(self):
        self.assertEqual(movie_titles(self.client.get("/movies/genres/drama/?language=tamil")), [])
        self.assertEqual(movie_titles(self.client.get("/movies/languages/hindi/?q=sho")), ["Sholay"])

    def test_an_unknown_genre_or_language_is_not_found(self):
        paths = [
            "/movies/genres/zzz/",
            "/movies/languages/zzz/",
            "/movies/genres/%00/",
            "/movies/languages/a%20b/",
        ]

        self.assertEqual([self.client.get(path).status_code for path in paths], [404] * 4)


class QueryTests(TestCase):
    def test_the_list_costs_the_same_queries_for_one_and_for_three_movies(self):
        # genres; languages; clocks; whether a movie has the word; count; movies; seats left; cities
        for titles in [["One"], ["Two", "Three"]]:
            for title in titles:
                make_showtime(movie=make_movie(title, genres=["Drama", "Action"], language="Hindi"))
            with self.assertNumQueries(8):
                self.client.get(reverse("movies:list"), {"genre": "drama", "q": "e"})
