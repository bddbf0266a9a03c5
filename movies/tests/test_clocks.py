from datetime import timedelta
from zoneinfo import ZoneInfo

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater
from movies import clocks

from .support.pages import choose_city, movie_titles, text_of


def far_zone():
    """Return a time zone with another date than the site's own right now, and no midnight soon."""
    return "Pacific/Pago_Pago" if timezone.localtime().hour < 16 else "Pacific/Kiritimati"


class FarCityTests(TestCase):
    """A city whose day is not the server's: today is what the clock on its walls says."""

    @classmethod
    def setUpTestData(cls):
        cls.city = make_city("Far", timezone=far_zone())
        cls.today = timezone.localdate(timezone=cls.city.zone)
        screen = make_screen(theater=make_theater(city=cls.city))
        cls.tonight = make_showtime(
            movie=make_movie("Tonight"), screen=screen, starts_in=timedelta(minutes=10)
        )
        make_movie("Tomorrow", release_date=cls.today + timedelta(days=1))
        cls.released = make_movie("Just released", release_date=cls.today)

    def setUp(self):
        choose_city(self.client, self.city)

    def test_today_is_the_date_in_the_city_and_not_on_the_server(self):
        self.assertNotEqual(self.today, timezone.localdate())

    def test_the_home_page_begins_with_the_date_in_the_city(self):
        response = self.client.get(reverse("home"))

        self.assertEqual(response.context["strip"][0].date, self.today)
        self.assertEqual([movie.title for movie in response.context["coming_movies"]], ["Tomorrow"])

    def test_tonights_showtimes_are_still_listed(self):
        for page in (reverse("home"), reverse("movies:list"), self.tonight.movie.get_absolute_url()):
            with self.subTest(page):
                response = self.client.get(page, {"date": self.today.isoformat()})
                self.assertNotContains(response, "That day has passed.")
                self.assertIn("Tonight", text_of(response))

        response = self.client.get(reverse("movies:list"), {"date": self.today.isoformat()})
        self.assertEqual(movie_titles(response), ["Tonight"])

    def test_yesterday_in_the_city_has_passed(self):
        yesterday = self.today - timedelta(days=1)
        for page in (reverse("home"), reverse("movies:list"), self.tonight.movie.get_absolute_url()):
            with self.subTest(page):
                self.assertContains(
                    self.client.get(page, {"date": yesterday.isoformat()}), "That day has passed."
                )

    def test_a_movie_is_coming_until_its_release_date_has_begun_in_the_city(self):
        page = text_of(self.client.get(reverse("movies:list"), {"city": ""}))
        self.assertIn("Just released 2 h Not showing right now", page)
        self.assertIn("Tomorrow 2 h In cinemas", page)

        self.assertIs(self.client.get(self.released.get_absolute_url()).context["is_coming"], False)

    def test_over_all_cities_today_is_the_earliest_date(self):
        make_city("Near", timezone="Asia/Kolkata")
        earliest = min(self.today, timezone.localdate(timezone=ZoneInfo("Asia/Kolkata")))

        response = self.client.get(reverse("movies:list"), {"city": "", "date": self.today.isoformat()})

        self.assertEqual(clocks.today(timezone.now(), clocks.zones()), earliest)
        self.assertEqual(movie_titles(response), ["Tonight"])


class ZonesTests(TestCase):
    def test_a_city_has_one_zone_and_a_site_without_cities_uses_its_own(self):
        self.assertEqual(clocks.zones(), [timezone.get_default_timezone()])

        make_city("Dubai", timezone="Asia/Dubai"), make_city("Pune", timezone="Asia/Kolkata")
        make_city("Agra", timezone="Asia/Kolkata")

        self.assertEqual(clocks.zones(city="dubai"), [ZoneInfo("Asia/Dubai")])
        for city in ("", "nowhere"):
            self.assertEqual(clocks.zones(city=city), [ZoneInfo("Asia/Dubai"), ZoneInfo("Asia/Kolkata")])
