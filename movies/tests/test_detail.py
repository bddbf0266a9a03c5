from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater

from .support.pages import choose_city, text_of


class DetailTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.pune, cls.mumbai = make_city("Pune"), make_city("Mumbai")
        cls.regal = make_theater("Regal", city=cls.mumbai)
        cls.alka = make_theater("Alka", city=cls.pune)
        cls.movie = make_movie("Sholay", genres=["Action"], language="Hindi", certificate="UA13")
        cls.today = timezone.localdate()

    def play(self, theater, *, days=1, hour=18, **fields):
        start = timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)
        screen = make_screen(theater=theater)
        return make_showtime(
            movie=self.movie, screen=screen, start_time=start + timedelta(days=days), **fields
        )

    def get(self, **query):
        return self.client.get(reverse("movies:detail", args=[self.movie.slug]), query)

    def shown(self, **query):
        """Return (days from today, {theater: [hours]}) as the page has them."""
        programme = self.get(**query).context["programme"]
        return (programme.day - self.today).days, {
            theater.name: [showtime.local_start.hour for showtime in showtimes]
            for theater, showtimes in programme.theaters.items()
        }

    def in_days(self, days):
        return (self.today + timedelta(days=days)).isoformat()

    def test_the_page_describes_the_movie(self):
        page = text_of(self.get())

        for fact in ["Sholay", "Action", "Hindi", "2 h", "UA 13+: parental guidance under 13", "A movie."]:
            self.assertIn(fact, page)

    def test_the_page_shows_the_first_day_with_a_showtime(self):
        self.play(self.regal, days=5)
        self.play(self.regal, days=3, hour=21)
        self.play(self.regal, days=3, hour=10)

        self.assertEqual(self.shown(), (3, {"Regal": [10, 21]}))

    def test_the_day_in_the_url_is_shown_by_theater(self):
        self.play(self.regal, days=1)
        self.play(self.regal, days=2, hour=20)
        self.play(self.alka, days=2, hour=9)

        self.assertEqual(self.shown(date=self.in_days(2)), (2, {"Regal": [20], "Alka": [9]}))

    def test_each_showtime_links_to_its_seat_map_with_the_full_price(self):
        showtime = self.play(self.regal, price="200.00", format="IMAX", captions=True)

        response = self.get()

        self.assertContains(response, f'href="/showtimes/{showtime.pk}/seats/"')
        for fact in ["IMAX", "from ₹248", "Subtitles (CC)", ">6:00 pm</time>", "ends 8:15 pm"]:
            self.assertContains(response, fact)

    def test_a_showtime_that_has_begun_is_not_listed(self):
        make_showtime(movie=self.movie, starts_in=timedelta(minutes=-1))

        self.assertIsNone(self.get().context["programme"].day)

    def test_a_sold_out_showtime_has_no_link(self):
        showtime = self.play(self.regal, available_seats=0)

        response = self.get()

        self.assertContains(response, "Sold out")
        self.assertNotContains(response, f'href="/showtimes/{showtime.pk}/seats/"')

    def test_few_seats_left_are_mentioned(self):
        screen = make_screen("S" * 20, theater=self.regal)
        make_showtime(movie=self.movie, screen=screen, available_seats=2)

        self.assertContains(self.get(), "Few seats left")
        self.assertContains(self.get(), "2 of 20 seats left")

    def test_the_chosen_city_comes_first_and_all_are_a_link_away(self):
        self.play(self.regal)
        self.play(self.alka)
        choose_city(self.client, self.pune)

        self.assertEqual(self.shown(), (1, {"Alka": [18]}))
        self.assertContains(self.get(), 'href="?city="')
        self.assertEqual(self.shown(city=""), (1, {"Regal": [18], "Alka": [18]}))
        self.assertEqual(self.shown(city="mumbai"), (1, {"Regal": [18]}))

    def test_a_movie_that_plays_elsewhere_only_says_so(self):
        self.play(self.regal)
        choose_city(self.client, self.pune)

        response = self.get()

        self.assertContains(response, "Not showing in your city right now, but it is in others.")
        self.assertContains(response, 'href="?city="')

    def test_an_unreleased_movie_shows_its_release_date(self):
        self.movie.release_date = self.today + timedelta(days=9)
        self.movie.save()

        self.assertContains(self.get(), "Booking isn’t open yet.")

    def test_a_movie_without_further_showtimes_says_so(self):
        self.assertContains(self.get(), "No shows scheduled right now.")

    def test_the_strip_is_the_week_of_the_day_with_links_where_something_plays(self):
        self.play(self.regal, days=1)
        self.play(self.regal, days=9)

        response = self.get(city="", foo="bar")

        self.assertContains(response, f'href="?city=&amp;date={self.in_days(1)}"')
        self.assertNotContains(response, f"date={self.in_days(2)}")
        self.assertRegex(
            response.content.decode(), rf'href="\?city=&amp;date={self.in_days(9)}"\s+rel="next"'
        )

        response = self.get(date=self.in_days(9))
        self.assertRegex(response.content.decode(), rf'href="\?date={self.in_days(1)}"\s+rel="prev"')

    def test_a_day_without_showtimes_says_so_and_offers_the_first(self):
        self.play(self.regal, days=1)

        response = self.get(date=self.in_days(4))

        self.assertContains(response, "No shows on ")
        self.assertContains(response, f'class="button" href="?date={self.in_days(1)}"')

    def test_an_invalid_date_shows_the_first_day_and_a_message(self):
        self.play(self.regal, days=3)

        for day in ["soon", "\0", "9999-12-31", "0001-01-01", "1e9", "9" * 10_000]:
            response = self.get(date=day)
            self.assertEqual(self.shown(date=day), (3, {"Regal": [18]}))
            self.assertContains(response, "notice--warning")

    def test_an_unknown_city_has_no_showtimes(self):
        self.play(self.regal)

        for city in ["zzz", "pu\0ne", "x" * 10_000]:
            self.assertContains(self.get(city=city), "Not showing in your city right now")

    def test_days_and_times_are_in_the_theaters_zone(self):
        dubai = make_city("Dubai", timezone="Asia/Dubai")
        self.play(make_theater("Oasis", city=dubai), days=3, hour=1)  # 23:30 of the day before, there

        self.assertEqual(self.shown(city="dubai"), (2, {"Oasis": [23]}))

    def test_an_unknown_movie_is_not_found(self):
        paths = ["/movies/zzz/", "/movies/%00/", "/movies/a%20b/", "/movies/genres/"]

        self.assertEqual([self.client.get(path).status_code for path in paths], [404] * 4)

    def test_a_title_full_of_markup_stays_text(self):
        movie = make_movie("<b onclick=x>&", description="<script>alert(1)</script>")

        response = self.client.get(movie.get_absolute_url())

        self.assertContains(response, "&lt;b onclick=x&gt;&amp;")
        self.assertNotContains(response, "<script>alert")

    def test_the_trailer_is_a_link_and_nothing_is_fetched_for_it(self):
        self.movie.trailer_url = "https://films.example/sholay"
        self.movie.save()

        response = self.get()

        self.assertContains(response, 'href="https://films.example/sholay"')
        self.assertNotContains(response, "<iframe")

    def test_the_page_costs_the_same_queries_for_one_and_for_three_showtimes(self):
        # movie; genres; the zone; the days; the showtimes of the day
        for hours in [[10], [14, 20]]:
            for hour in hours:
                self.play(self.regal, hour=hour)
                self.play(self.alka, days=2, hour=hour)
            with self.assertNumQueries(5):
                self.get()
