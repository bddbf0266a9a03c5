"""The seat map when the last seats go and come back, with script and without."""

from bookings.tests.support.steps import buy, hold, url
from moviebooking.testing import make_showtime, make_user

from .support.browser import BrowserTestCase

CHOICE = {"Pick for me", "Select a seat", "Hold these seats"}


class LastSeats(BrowserTestCase):
    width, height = 375, 700

    def setUp(self):
        super().setUp()
        self.ann, self.bob, self.showtime = make_user("ann"), make_user("bob"), make_showtime("SS")
        self.sign_in(self.ann)

    def open(self):
        self.page.goto(url("seat_map", self.showtime))

    def offered(self):
        """Return the labels of the links and buttons about seats."""
        buttons = self.page.locator("summary, main button, main a.button").all()
        return {one.inner_text().strip() for one in buttons if one.is_visible()} & {
            *CHOICE,
            "Other showtimes",
        }

    def test_a_sold_out_map_offers_no_seats(self):
        buy(self.bob, self.showtime, ["A1", "A2"])
        self.open()

        self.assertTrue(self.page.get_by_text("Sold out").is_visible())
        self.assertEqual(self.offered(), {"Other showtimes"})
        self.assertTrue(self.fits_its_window())
        self.picture(f"sold-out-{'script' if self.javascript else 'plain'}")

    def test_a_map_with_free_seats_offers_them(self):
        self.open()

        self.assertEqual(len(self.offered() & CHOICE), 2)
        self.assertEqual(self.page.get_by_text("Sold out").is_visible(), False)


class LastSeatsWithoutScript(LastSeats):
    javascript = False


class LastSeatsAtADesk(LastSeats):
    width, height = 1280, 900


class LastSeatsLive(LastSeats):
    def test_the_offer_follows_the_seats_live(self):
        self.open()
        hold(self.bob, self.showtime, ["A1", "A2"])
        self.page.get_by_text("No seats available right now").wait_for()
        self.assertEqual(self.offered(), {"Other showtimes"})

        hold(self.bob, self.showtime, ["A1"])
        self.page.get_by_role("button", name="Select a seat").wait_for()
        self.assertEqual(self.offered(), {"Pick for me", "Select a seat"})

        buy(self.bob, self.showtime, ["A1", "A2"])
        self.page.get_by_text("Sold out").wait_for()
        self.assertEqual(self.offered(), {"Other showtimes"})
