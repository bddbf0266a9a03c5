from datetime import date, timedelta

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater

from .support.pages import PageWalk


class Browsing(PageWalk):
    def setUp(self):
        super().setUp()
        self.theater = make_theater("Regal", city=make_city("Pune"))

    def make_programme(self):
        """Create three movies: one with showtimes of several kinds, one for next month, one from the past."""
        playing = make_movie(
            "The Long Night", genres=["Drama", "Crime"], language="Hindi", certificate="UA13"
        )
        screen = make_screen("SSSS__SSSS\nPPPP__PPPP", theater=self.theater)
        make_showtime(movie=playing, screen=screen)
        make_showtime(movie=playing, screen=screen, starts_in=timedelta(hours=30), available_seats=0)
        make_showtime(movie=playing, screen=screen, starts_in=timedelta(days=3), available_seats=2)
        coming = make_movie("Next Month", release_date=date.today() + timedelta(days=30))
        return playing, coming, make_movie("Long Gone", release_date=date(2001, 2, 3))

    def test_pages_of_a_cinema_without_movies(self):
        self.see("home-empty", "/")
        self.see("movies-empty", "/movies/")
        self.see("theaters", "/theaters/")
        self.see("theater-without-movies", self.theater.get_absolute_url())

    def test_home_page_and_lists_of_movies(self):
        self.make_programme()

        self.see("home", "/")
        self.see("home-no-day", "/?date=yesterday")
        self.see("home-other-day", f"/?date={date.today() + timedelta(days=5)}")
        self.see("movies", "/movies/")
        self.see("movies-none-found", "/movies/?q=xyzzy&genre=drama")
        self.see("movies-no-such-page", "/movies/?page=99&genre=nothing&date=31-31-31")
        self.see("genre", "/movies/genres/drama/")
        self.see("language", "/movies/languages/hindi/")
        self.page.goto("/movies/")
        self.page.locator("[data-search-link]").evaluate("one => one.click()")
        self.look("search-open")

    def test_pages_of_movies(self):
        playing, coming, gone = self.make_programme()

        self.see("movie", playing.get_absolute_url())
        self.see("movie-no-such-day", playing.get_absolute_url() + "?date=1999-01-01")
        self.see("movie-elsewhere", playing.get_absolute_url() + "?city=nowhere")
        self.see("movie-coming", coming.get_absolute_url())
        self.see("movie-gone", gone.get_absolute_url())

    def test_pages_of_theaters(self):
        self.make_programme()

        self.see("theaters", "/theaters/")
        self.see("theaters-of-a-city", "/theaters/?city=pune")
        self.see("theater", self.theater.get_absolute_url())
        self.send("no-such-city", "/theaters/city/", [("city", "atlantis")], 404)
        self.see("cities", "/theaters/city/choose/?city=pune&next=/movies/")
        self.see("languages", "/accounts/language/choose/?next=/movies/")
        self.page.goto("/")
        self.page.get_by_role("link", name="Choose city").click()
        self.page.get_by_role("button", name="Pune").wait_for()
        self.look("menu-open")
