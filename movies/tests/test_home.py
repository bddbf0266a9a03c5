import re
from datetime import timedelta
from html import unescape

from django.core.cache import cache
from django.test import TestCase, TransactionTestCase
from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater
from movies.home import MOST_SHOWING

from .support.pages import choose_city, movie_titles, text_of
from .test_catalogue import SHARED


class HomeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.pune, cls.mumbai = make_city("Pune"), make_city("Mumbai")
        cls.in_pune = make_screen(theater=make_theater(city=cls.pune))
        cls.in_mumbai = make_screen(theater=make_theater(city=cls.mumbai))

    def get(self, **query):
        return self.client.get(reverse("home"), query)

    def play(self, title, screen, **fields):
        return make_showtime(movie=make_movie(title), screen=screen, **fields)

    def test_movies_are_shown_before_a_city_is_chosen(self):
        self.play("Sholay", self.in_pune)
        self.play("Don", self.in_mumbai)

        self.assertCountEqual(movie_titles(self.get()), ["Sholay", "Don"])

    def test_only_movies_in_the_chosen_city_are_shown(self):
        self.play("Sholay", self.in_pune)
        self.play("Don", self.in_mumbai)
        choose_city(self.client, self.pune)

        response = self.get()

        self.assertEqual(movie_titles(response), ["Sholay"])
        self.assertContains(response, "Now showing in Pune")

    def test_a_movie_with_many_showtimes_is_listed_once(self):
        showtime = self.play("Sholay", self.in_pune)
        make_showtime(movie=showtime.movie, screen=self.in_mumbai)

        self.assertEqual(movie_titles(self.get()), ["Sholay"])

    def test_a_movie_is_not_listed_once_its_last_showtime_has_begun(self):
        self.play("Sholay", self.in_pune)
        self.play("Don", self.in_pune, starts_in=timedelta(minutes=-1))

        self.assertEqual(movie_titles(self.get()), ["Sholay"])

    def test_the_price_on_the_card_is_the_lowest_with_fee_and_tax(self):
        showtime = self.play("Sholay", self.in_pune, price="300.00")
        make_showtime(movie=showtime.movie, screen=self.in_pune, starts_in=timedelta(days=2), price="200.00")
        make_showtime(movie=showtime.movie, screen=self.in_mumbai, price="100.00")
        choose_city(self.client, self.pune)

        self.assertContains(self.get(), "from ₹248")

    def test_a_chosen_day_shows_the_movies_of_that_day(self):
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.play("Sholay", self.in_pune, starts_in=timedelta(days=1))
        self.play("Don", self.in_pune, starts_in=timedelta(days=3))

        self.assertEqual(movie_titles(self.get(date=tomorrow.isoformat())), ["Sholay"])

    def test_a_day_without_movies_says_so(self):
        self.play("Sholay", self.in_pune, starts_in=timedelta(days=1))
        day = timezone.localdate() + timedelta(days=5)

        response = self.get(date=day.isoformat())

        self.assertEqual((response.status_code, movie_titles(response)), (200, []))
        self.assertContains(response, "No shows on that day yet.")

    def test_an_invalid_date_shows_all_days_and_a_message(self):
        self.play("Sholay", self.in_pune)

        for day in ["soon", "\0", "9999-12-31", "0001-01-01", "9" * 10_000]:
            response = self.get(date=day)
            self.assertEqual((response.status_code, movie_titles(response)), (200, ["Sholay"]))
            self.assertContains(response, "notice--warning")

    def test_few_seats_left_everywhere_are_mentioned(self):
        wide = make_screen("S" * 30, theater=self.in_pune.theater)
        for title, free in [("Plenty", 11), ("Few", 10), ("None", 0)]:
            showtime = self.play(title, wide, available_seats=free)
            make_showtime(movie=showtime.movie, screen=wide, available_seats=0, starts_in=timedelta(days=2))

        availability = {movie.title: movie.availability for movie in self.get().context["movies"]}

        self.assertEqual(availability, {"Plenty": "", "Few": "few", "None": "sold_out"})
        self.assertContains(self.get(), '<span class="chip chip--low">Few seats left</span>', count=1)
        self.assertContains(self.get(), '<span class="chip">Sold out</span>', count=1)

    def test_unreleased_movies_are_listed_below_until_they_can_be_booked(self):
        today = timezone.localdate()
        later = make_movie("Later", release_date=today + timedelta(days=30))
        make_movie("Sooner", release_date=today + timedelta(days=3))
        self.assertEqual(movie_titles(self.get()), ["Sooner", "Later"])

        make_showtime(movie=later, screen=self.in_pune, starts_in=timedelta(days=30))

        response = self.get()
        self.assertEqual([movie.title for movie in response.context["movies"]], ["Later"])
        self.assertEqual([movie.title for movie in response.context["coming_movies"]], ["Sooner"])

    def test_a_city_without_showtimes_still_lists_movies(self):
        self.play("Sholay", self.in_pune)
        choose_city(self.client, self.mumbai)

        response = self.get()

        self.assertContains(response, "No movies showing in Mumbai right now.")
        self.assertEqual([movie.title for movie in response.context["released"]], ["Sholay"])

    def test_a_site_without_movies_says_so(self):
        self.assertIn("No shows right now.", text_of(self.get()))

    def test_a_visitor_without_a_city_is_invited_to_choose_one(self):
        self.assertIn("Choose your city Mumbai Pune Any day", text_of(self.get()))

        choose_city(self.client, self.pune)

        self.assertNotIn("Choose your city Mumbai Pune Any day", text_of(self.get()))

    def test_the_home_page_links_to_further_movies(self):
        for number in range(MOST_SHOWING):
            self.play(f"Film {number:02}", self.in_pune)
        self.assertNotContains(self.get(), "More movies")
        self.play("Last", self.in_pune)
        today = timezone.localdate() + timedelta(days=1)

        response = self.get(date=today.isoformat())

        more = re.search(r'href="([^"]+)">More movies', response.content.decode())[1]
        self.assertEqual(more, f"/movies/?date={today}&amp;page=2")
        rest = movie_titles(self.client.get(unescape(more)))
        self.assertCountEqual(movie_titles(response) + rest, [*(f"Film {n:02}" for n in range(24)), "Last"])

    def test_post_is_not_allowed(self):
        self.assertEqual(self.client.post(reverse("home")).status_code, 405)

    def test_the_home_page_costs_the_same_queries_for_one_and_for_three_movies(self):
        # clocks; showing; seats left; coming; cities
        for titles in [["One"], ["Two", "Three"]]:
            for title in titles:
                self.play(title, self.in_pune)
            with self.assertNumQueries(5):
                self.get()


@SHARED
class CachedHomeTests(TransactionTestCase):
    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)

    def test_the_movies_are_cached_for_a_second_visitor(self):
        make_showtime(movie=make_movie("Sholay"))
        self.client.get(reverse("home"))

        with self.assertNumQueries(0):
            response = self.client.get(reverse("home"))

        self.assertEqual(movie_titles(response), ["Sholay"])

    def test_a_changed_movie_is_shown_at_once(self):
        movie = make_showtime(movie=make_movie("Sholay")).movie
        self.client.get(reverse("home"))

        movie.title = "Sholay, restored"
        movie.save()

        self.assertEqual(movie_titles(self.client.get(reverse("home"))), ["Sholay, restored"])

    def test_each_city_has_a_cache_of_its_own(self):
        here, there = make_showtime(movie=make_movie("Here")), make_showtime(movie=make_movie("There"))
        choose_city(self.client, here.screen.theater.city)
        self.client.get(reverse("home"))

        choose_city(self.client, there.screen.theater.city)

        self.assertEqual(movie_titles(self.client.get(reverse("home"))), ["There"])
