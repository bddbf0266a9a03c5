"""Words longer than a phone is wide, and letters twice as large: pages grow downwards, nothing is cut off."""

from django.test import tag

from bookings import tickets
from bookings.tests.support.steps import book, buy
from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater, make_user

from ..support.browser import BrowserTestCase

LONG = "Honorificabilitudinitatibus" * 2
BEYOND = """box => [...box.querySelectorAll("*")].filter((one) =>
    one.getBoundingClientRect().right > box.getBoundingClientRect().right).map((one) => one.textContent)"""
CUT_OFF = """ticket => [...ticket.querySelectorAll(".ticket__words *")].filter((one) =>
    one.getBoundingClientRect().right > ticket.getBoundingClientRect().right).map((one) => one.textContent)"""


class Pages(BrowserTestCase):
    """The public pages and Ann's own about one showtime."""

    word = "Sholay"

    def setUp(self):
        super().setUp()
        self.ann = make_user("ann", unverified_email=f"{self.word.lower()}@example.test")
        self.theater = make_theater(self.word, city=make_city(self.word), location=f"1 {self.word}-Road")
        movie = make_movie(f"The {self.word}", genres=[self.word], language=self.word)
        self.showtime = make_showtime(movie=movie, screen=make_screen("SSSS", theater=self.theater))
        self.booking = buy(self.ann, self.showtime, ["A1"])
        self.pending = book(self.ann, self.showtime, ["A2"])
        self.ticket = self.booking.tickets.get()
        tickets.share(self.ticket)
        self.ticket.refresh_from_db()
        self.sign_in(self.ann)

    def pages(self):
        return [
            "/",
            "/movies/?q=zzz",
            self.showtime.movie.get_absolute_url(),
            "/theaters/",
            self.theater.get_absolute_url(),
            f"/showtimes/{self.showtime.pk}/seats/",
            f"/bookings/{self.pending.reference}/pay/",
            "/bookings/",
            self.booking.get_absolute_url(),
            self.pending.get_absolute_url(),
            f"/tickets/{self.ticket.link_code}/",
            "/accounts/profile/",
            "/accounts/password_change/",
        ]

    def wider_than_the_window(self):
        found = []
        for path in self.pages():
            self.page.goto(path)
            if not self.fits_its_window():
                found.append(path)
        return found


@tag("quality")
class LongWords(Pages):
    word = LONG
    width, height = 360, 740

    def test_no_page_scrolls_sideways(self):
        self.assertEqual(self.wider_than_the_window(), [])

    def test_nothing_is_cut_off_on_a_ticket(self):
        for path in (self.booking.get_absolute_url(), f"/tickets/{self.ticket.link_code}/"):
            self.page.goto(path)
            self.assertEqual(self.page.locator(".ticket").evaluate(CUT_OFF), [])

    def test_nothing_is_cut_off_above_the_seat_map(self):
        self.page.goto(f"/showtimes/{self.showtime.pk}/seats/")

        self.assertEqual(self.page.locator(".booth__head").evaluate(BEYOND), [])


@tag("quality")
class LargeLetters(Pages):
    arguments = ["--blink-settings=defaultFontSize=32"]
    width, height = 375, 740

    def test_no_page_scrolls_sideways(self):
        self.assertEqual(self.wider_than_the_window(), [])

    def test_nothing_is_cut_off_on_a_ticket(self):
        self.page.goto(self.booking.get_absolute_url())
        self.assertEqual(self.page.locator(".ticket").evaluate(CUT_OFF), [])
