"""Links and buttons that stand alone can be hit with a finger. The walk through all pages asks the same."""

from bookings.tests.support.steps import book, buy, hold, url
from moviebooking.testing import make_movie, make_showtime, make_user

from .support.browser import BrowserTestCase
from .support.targets import small_targets

SAMPLE = """
<style>
  a, button { font-size: 16px; line-height: 22px; }
  .high { display: inline-block; padding: 11px; }
  .low { height: 30px; }
</style>
<p><a href="/1">Too low</a></p>
<p><a href="/2" class="high">High enough</a></p>
<p>Words, and <a href="/3">a link</a> among them.</p>
<p><button class="low">Low button</button></p>"""


class Targets(BrowserTestCase):
    width, height = 375, 700

    def setUp(self):
        super().setUp()
        self.ann = make_user("ann")
        self.showtime = make_showtime(movie=make_movie(genres=["Drama", "Crime"], language="Hindi"))

    def assert_high_enough(self, paths):
        for path in paths:
            with self.subTest(path):
                self.page.goto(path)
                self.assertEqual(small_targets(self.page), [])

    def test_the_measurement_finds_small_targets(self):
        self.page.set_content(SAMPLE)

        self.assertEqual(small_targets(self.page), ["<a> Too low", "<button> Low button"])

    def test_public_pages_have_no_small_targets(self):
        theater = self.showtime.theater
        self.assert_high_enough(
            [
                "/",
                "/movies/?genre=drama",
                self.showtime.movie.get_absolute_url(),
                "/theaters/",
                theater.get_absolute_url(),
                url("seat_map", self.showtime),
                "/accounts/login/",
                "/accounts/register/",
                "/accounts/password_reset/",
                "/no/such/page/",
            ]
        )

    def test_account_pages_have_no_small_targets(self):
        self.sign_in(self.ann)
        ticket, waiting = buy(self.ann, self.showtime, ["A1"]), book(self.ann, make_showtime(), ["A2"])
        hold(self.ann, self.showtime, ["A3"])
        self.assert_high_enough(
            [
                url("create_booking", self.showtime),
                ticket.get_absolute_url(),
                waiting.get_absolute_url(),
                f"{waiting.get_absolute_url()}pay/",
                "/bookings/",
                "/accounts/profile/",
                "/accounts/delete/",
            ]
        )
