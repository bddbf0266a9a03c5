from datetime import UTC, datetime, timedelta

from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from moviebooking.templatetags.formats import clock
from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater

LIST = "/theaters/"
CHOOSE = "/theaters/city/"


def page_of(theater, **query):
    return theater.get_absolute_url() + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


class ChoosingACity(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.pune = make_city("Pune")

    def test_choosing_a_city_stores_it_and_redirects_back(self):
        response = self.client.post(CHOOSE, {"city": "pune", "next": "/movies/?q=x"})
        self.assertRedirects(response, "/movies/?q=x", fetch_redirect_response=False)
        self.assertEqual(self.client.session["city"], "pune")

    def test_without_next_it_redirects_to_the_home_page(self):
        response = self.client.post(CHOOSE, {"city": "pune"})
        self.assertRedirects(response, "/", fetch_redirect_response=False)

    def test_next_may_not_be_another_site(self):
        for target in ("https://evil.test/", "//evil.test/", "javascript:alert(1)"):
            with self.subTest(target):
                response = self.client.post(CHOOSE, {"city": "pune", "next": target})
                self.assertRedirects(response, "/", fetch_redirect_response=False)

    def test_an_unknown_city_is_404_with_the_cities_to_choose_from(self):
        self.client.post(CHOOSE, {"city": "pune"})
        for slug in ("atlantis", "x" * 5000, "\x00", "पुणे"):
            with self.subTest(slug[:10]):
                response = self.client.post(CHOOSE, {"city": slug})
                self.assertContains(response, "We don’t have a cinema there.", status_code=404)
                self.assertContains(response, 'value="pune"', status_code=404)
        self.assertEqual(self.client.session["city"], "pune")

    def test_an_empty_choice_clears_the_city(self):
        self.client.post(CHOOSE, {"city": "pune"})
        self.client.post(CHOOSE, {"city": ""})
        self.assertNotIn("city", self.client.session)

    def test_a_get_is_refused(self):
        self.assertEqual(self.client.get(CHOOSE).status_code, 405)

    def test_a_deleted_city_counts_as_no_city(self):
        self.client.post(CHOOSE, {"city": "pune"})
        self.pune.delete()
        response = self.client.get(LIST)
        self.assertEqual((response.status_code, response.context["shown_city"]), (200, None))


class TheList(TestCase):
    def names(self, url=LIST):
        return [theater.name for theater in self.client.get(url).context["theaters"]]

    def test_it_is_sorted_by_city_and_name(self):
        pune, agra = make_city("Pune"), make_city("Agra")
        for name, city in (("Zeta", agra), ("Beta", pune), ("Alpha", pune)):
            make_theater(name, city=city)
        self.assertEqual(self.names(), ["Zeta", "Alpha", "Beta"])

    def test_only_the_chosen_city_is_listed_unless_another_is_asked_for(self):
        for name in ("Pune", "Agra"):
            make_theater(f"{name} Palace", city=make_city(name))
        self.client.post(CHOOSE, {"city": "pune"})
        self.assertEqual(self.names(), ["Pune Palace"])
        self.assertEqual(self.names("/theaters/?city=agra"), ["Agra Palace"])
        self.assertEqual(self.names("/theaters/?city="), ["Agra Palace", "Pune Palace"])

    def test_an_unknown_page_number_shows_the_nearest_page_and_a_message(self):
        make_theater("Odeon")
        for text, sentence in (
            ("99", "Page 99 doesn’t exist. Showing page 1."),
            ("abc", "Page “abc” doesn’t exist. Showing page 1."),
        ):
            with self.subTest(text):
                page = self.client.get(LIST, {"page": text})
                notice = f'<p class="notice notice--warning" role="status">{sentence}</p>'
                self.assertContains(page, notice, html=True)
                self.assertContains(page, "Odeon")
        self.assertNotContains(self.client.get(LIST), "notice--warning")

    def test_an_unknown_city_is_404(self):
        for query in ("city=atlantis", "city=%00"):
            with self.subTest(query):
                self.assertEqual(self.client.get(f"{LIST}?{query}").status_code, 404)

    def test_an_empty_list_says_so(self):
        self.assertContains(self.client.get(LIST), "No cinemas here yet.")

    def test_it_links_to_the_page_and_to_the_map(self):
        theater = make_theater("Odeon", city=make_city("Pune"), location="7 Fish & Chips Lane")
        response = self.client.get(LIST)
        self.assertContains(response, f'href="{theater.get_absolute_url()}"')
        self.assertContains(
            response,
            "https://www.openstreetmap.org/search?query=Odeon%2C+7+Fish+%26+Chips+Lane%2C+Pune",
        )

    def test_each_citys_list_has_an_address_of_its_own_for_search_engines(self):
        make_theater(city=make_city("Pune"))
        for query, path in (
            ("", "/theaters/"),
            ("?city=", "/theaters/"),
            ("?city=pune", "/theaters/?city=pune"),
        ):
            with self.subTest(query), override_settings(SITE_URL="https://films.example"):
                self.assertContains(
                    self.client.get(LIST + query),
                    f'<link rel="canonical" href="https://films.example{path}">',
                )

    def test_three_theaters_cost_the_queries_of_one(self):
        for count in (1, 3):
            while count > self.client.get(LIST).context["theaters"].count():
                make_screen(theater=make_theater())
            with self.subTest(count), self.assertNumQueries(3):
                self.client.get(LIST)


class TheTheatersPage(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.theater = make_theater("Odeon", city=make_city("Pune"))
        cls.screen = make_screen(theater=cls.theater)
        cls.movie = make_movie("Sholay", language="Hindi", duration=204)

    def show(self, **fields):
        return make_showtime(**{"screen": self.screen, "movie": self.movie, **fields})

    def shown(self, **query):
        """Return {movie: keys of its showtimes}."""
        movies = self.client.get(page_of(self.theater, **query)).context["movies"]
        return {movie.title: [showtime.pk for showtime in showtimes] for movie, showtimes in movies}

    def test_it_shows_the_first_day_that_has_a_showtime(self):
        self.show(starts_in=timedelta(days=3))
        soon = self.show(starts_in=timedelta(days=2))
        self.assertEqual(self.shown(), {"Sholay": [soon.pk]})

    def test_it_shows_the_day_that_is_asked_for(self):
        self.show(starts_in=timedelta(days=2))
        later = self.show(starts_in=timedelta(days=3))
        self.assertEqual(self.shown(date=later.local_start.date()), {"Sholay": [later.pk]})

    def test_movies_come_by_title_and_their_showtimes_by_hour(self):
        late = self.show(start_time=self.hour(20))
        early = self.show(start_time=self.hour(10))
        other = self.show(
            start_time=self.hour(8), movie=make_movie("Amélie"), screen=make_screen(theater=self.theater)
        )
        self.assertEqual(
            list(self.shown().items()), [("Amélie", [other.pk]), ("Sholay", [early.pk, late.pk])]
        )

    def hour(self, hour):
        tomorrow = timezone.localtime() + timedelta(days=1)
        return tomorrow.replace(hour=hour, minute=0)

    def test_what_has_begun_and_what_runs_elsewhere_is_left_out(self):
        self.show(starts_in=timedelta(minutes=-1))
        make_showtime()
        self.assertEqual(self.shown(), {})
        self.assertContains(self.client.get(page_of(self.theater)), "No shows here right now.")

    def test_a_day_without_showtimes_leads_to_the_first_that_has_one(self):
        day = self.show().local_start.date()
        response = self.client.get(page_of(self.theater, date=day + timedelta(days=20)))
        self.assertEqual(response.context["movies"], [])
        self.assertContains(response, f'class="button" href="?date={day.isoformat()}"')

    def test_an_invalid_date_is_reported(self):
        day = self.show().local_start.date()
        for asked in ("tomorrow", "2026-02-31", "9" * 400):
            with self.subTest(asked[:12]):
                response = self.client.get(page_of(self.theater, date=asked))
                self.assertContains(response, f"“{asked[:40]}” isn’t a date")
                self.assertEqual(response.context["programme"].day, day)

    def test_dates_at_the_ends_of_the_calendar_are_harmless(self):
        self.show()
        for asked in ("0001-01-01", "9999-12-31"):
            with self.subTest(asked):
                response = self.client.get(page_of(self.theater, date=asked))
                self.assertContains(response, 'class="notice notice--warning"')

    def test_a_showtime_links_to_its_seats_with_time_format_price_and_availability(self):
        showtime = self.show(price="200.00", format="IMAX", captions=True, available_seats=2)
        response = self.client.get(page_of(self.theater))
        for text in (
            f'href="{reverse("bookings:seat_map", args=[showtime.pk])}"',
            f"{showtime.local_start:%Y-%m-%dT%H:%M%z}",
            f"ends {clock(showtime.local_end)}",
            "IMAX",
            "from ₹248",
            "Subtitles (CC)",
            "Filling fast",
            "2 of 6 seats left",
        ):
            self.assertContains(response, text)

    def test_search_engines_are_told_one_address_for_all_days(self):
        with override_settings(SITE_URL="https://films.example"):
            response = self.client.get(page_of(self.theater, date="2030-01-01"))
        self.assertContains(response, '<link rel="canonical" href="https://films.example/theaters/odeon/">')

    def test_a_theater_that_prevents_single_gaps_says_so(self):
        self.show()
        sentence = "Please don’t leave single empty seats."
        self.assertNotContains(self.client.get(page_of(self.theater)), sentence)
        self.theater.no_lone_seats = True
        self.theater.save()
        self.assertContains(self.client.get(page_of(self.theater)), sentence)

    def test_times_are_in_the_theaters_zone(self):
        tokyo = make_theater(city=make_city("Tokyo", timezone="Asia/Tokyo"))
        self.show(screen=make_screen(theater=tokyo), start_time=datetime(2031, 1, 1, 15, 30, tzinfo=UTC))
        response = self.client.get(page_of(tokyo))
        for text in ("Thursday, 2 January", ">12:30 am<", "2031-01-02T00:30+0900"):
            self.assertContains(response, text)

    def test_an_unknown_theater_is_404(self):
        self.assertEqual(self.client.get("/theaters/no-such/").status_code, 404)

    def test_a_post_is_refused(self):
        self.assertEqual(self.client.post(page_of(self.theater)).status_code, 405)

    def test_three_movies_cost_the_queries_of_one(self):
        for number in (1, 3):
            while len(self.shown()) < number:
                screen = make_screen(theater=self.theater)
                self.show(screen=screen, movie=make_movie(language=f"Language {screen.pk}"))
            with self.subTest(number), self.assertNumQueries(3):
                self.client.get(page_of(self.theater))
