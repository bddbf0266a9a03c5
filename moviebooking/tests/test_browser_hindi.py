"""The way to a ticket in Hindi, on a narrow phone and at a desk: longer words fit, and script speaks it."""

from moviebooking.testing import PASSWORD, make_movie, make_screen, make_showtime, make_theater

from .support.browser import BrowserTestCase


class HindiOnANarrowPhone(BrowserTestCase):
    name, width, height = "phone", 320, 640

    def setUp(self):
        super().setUp()
        theater = make_theater("दीपक टॉकीज़", adverts_minutes=15, no_lone_seats=True)
        movie = make_movie("लंबी रात", genres=["Documentary", "Sci-Fi"], language="Malayalam", certificate="A")
        screen = make_screen("SSSS__SSSS\nPPPP__PPPP\nWC______RR", theater=theater)
        self.showtime = make_showtime(movie=movie, screen=screen, captions=True, audio_description=True)

    def see(self, step):
        self.assertEqual((self.page.locator("html").get_attribute("lang"), step), ("hi", step))
        self.assertTrue(self.fits_its_window(), step)
        self.picture(f"hindi-{self.name}-{step}")

    def test_every_step_to_the_ticket_fits_the_window_in_hindi(self):
        self.page.goto("/")
        self.page.get_by_role("link", name="हिंदी").click()
        self.page.locator("html[lang=hi]").wait_for()
        self.look_around()
        self.sign_up()
        self.choose()
        self.page.locator("main form.form[data-before-deadline] button").click()
        self.page.wait_for_url("**/pay/")
        self.see("6-pay")
        self.page.locator("button[value=success]").click()
        self.page.locator(".ticket").wait_for()
        self.see("7-ticket")

    def look_around(self):
        for step, path in (
            ("1-home", "/"),
            ("2-movies", "/movies/"),
            ("3-movie", self.showtime.movie.get_absolute_url()),
            ("3-theater", self.showtime.theater.get_absolute_url()),
        ):
            self.page.goto(path)
            self.see(step)

    def sign_up(self):
        self.page.goto(f"/accounts/register/?next=/showtimes/{self.showtime.pk}/seats/")
        self.see("4-register")
        self.page.fill("[name=username]", "ann")
        self.page.fill("[name=password1]", PASSWORD)
        self.page.fill("[name=password2]", PASSWORD)
        self.page.locator("main form.form button").click()
        self.page.wait_for_url("**/seats/")

    def choose(self):
        hold = self.page.locator("[data-hold]")
        said = []
        for label in ("A1", "A2"):
            self.page.locator(f"label.seat:has(input[value={label}])").click()
            said.append(hold.inner_text())
        self.assertEqual(said, ["1 सीट होल्ड करें", "2 सीटें होल्ड करें"])
        self.see("4-seats")
        hold.click()
        self.page.wait_for_url("**/book/")
        self.see("5-review")


class HindiAtADesk(HindiOnANarrowPhone):
    name, width, height = "desk", 1280, 900
