"""The site as in production: WhiteNoise serves hashed and compressed static files. Uploads are temporary."""

import tempfile

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings, tag

from bookings.tests.support.steps import book, buy, hold, url
from moviebooking.testing import make_movie, make_screen, make_showtime, make_theater, make_user
from movies.tests.support.pictures import own_media, picture_file

from ...support.browser import BrowserTestCase

MOVIES, WITH_POSTERS = 30, 4  # more than one page of the list
LAYOUT = "\n".join(["SSSSS_SSSSSSSSSS_SSSSS"] * 9 + ["PPPPP_PPPPPPPPPP_PPPPP"] * 6)  # 300 seats


@tag("quality", "serial")
class ProductionPages(BrowserTestCase):
    static_handler = staticmethod(lambda application: application)

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        files = {"BACKEND": "moviebooking.staticfiles.HashedModulesStorage"}
        as_in_production = override_settings(
            STATIC_ROOT=folder,
            STORAGES={**settings.STORAGES, "staticfiles": files},
            WHITENOISE_AUTOREFRESH=False,
        )
        cls.enterClassContext(as_in_production)
        own_media(cls)
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.ann = make_user("ann")
        movies = [
            make_movie(f"Film {number}", genres=["Drama"], language="Hindi") for number in range(MOVIES)
        ]
        for movie in movies[:WITH_POSTERS]:
            movie.poster.save("poster.jpg", picture_file(width=600, height=900))
        self.movie = movies[0]
        self.theater = make_theater("Regal")
        screen = make_screen(LAYOUT, theater=self.theater)
        showtimes = [make_showtime(movie=movie, screen=screen) for movie in movies]
        self.showtime, self.other_showtime, *_ = showtimes

    def public_pages(self):
        """Return {name: path} of public pages."""
        return {
            "home": "/",
            "list": "/movies/",
            "movie": self.movie.get_absolute_url(),
            "theaters": "/theaters/",
            "theater": self.theater.get_absolute_url(),
            "seat map": url("seat_map", self.showtime),
            "sign in": "/accounts/login/",
            "sign up": "/accounts/register/",
        }

    def own_pages(self):
        """Yield (name, path) of Ann's pages, after creating what each shows, such as a ticket."""
        hold(self.ann, self.showtime, ["A1", "A2"])
        yield "review", url("create_booking", self.showtime)
        booking = book(self.ann, self.showtime, ["A1", "A2"])
        yield "pay", f"{booking.get_absolute_url()}pay/"
        booking = buy(self.ann, make_showtime(movie=self.movie), ["A1", "A2"])
        yield "ticket", booking.get_absolute_url()
        yield "bookings", "/bookings/"
        yield "profile", "/accounts/profile/"
