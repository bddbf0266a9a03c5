"""The menus of the header: their forms are on pages of their own, from where a script fetches them."""

from moviebooking.testing import make_city, make_movie, make_showtime

from .support.browser import BrowserTestCase


class HeaderTests(BrowserTestCase):
    width = 360

    def setUp(self):
        super().setUp()
        self.movie = make_showtime(movie=make_movie("Sholay")).movie
        self.pune = make_city("Pune")

    def test_the_city_menu_opens_in_place_and_returns_to_the_page(self):
        self.page.goto(self.movie.get_absolute_url())

        self.page.get_by_role("link", name="Choose city").press("Enter")
        self.page.keyboard.press("Tab")
        while self.page.evaluate("document.activeElement.textContent") != "Pune":
            self.page.keyboard.press("Tab")
        self.assertTrue(self.fits_its_window())
        self.page.keyboard.press("Enter")

        self.page.locator(".site-header", has_text="City: Pune").wait_for()
        self.page.wait_for_url(f"**{self.movie.get_absolute_url()}")

    def test_escape_closes_the_menu_and_its_button_opens_it_again(self):
        self.page.goto("/")
        self.page.get_by_role("link", name="Choose city").click()
        pune = self.page.get_by_role("button", name="Pune")
        pune.wait_for()

        self.page.keyboard.press("Escape")
        pune.wait_for(state="hidden")
        self.page.locator("summary", has_text="Choose city").click()

        pune.wait_for()

    def test_a_suggested_city_is_chosen_by_one_click(self):
        self.page.goto("/")

        self.page.locator("main").get_by_role("link", name="Pune").click()

        self.page.locator("h1", has_text="Now showing in Pune").wait_for()

    def test_the_language_is_changed_by_one_click(self):
        self.page.goto("/movies/?q=sholay")

        self.page.locator(".site-footer [data-choice=hi]").click()

        self.page.locator("html[lang=hi]").wait_for()
        self.page.wait_for_url("**/movies/?q=sholay")

    def test_the_link_is_followed_if_the_form_cannot_be_fetched(self):
        self.page.goto("/")
        self.page.route(
            "**/city/choose/**",
            lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
        )

        self.page.get_by_role("link", name="Choose city").click()

        self.page.locator("h1", has_text="Choose your city").wait_for()


class HeaderWithoutScriptTests(BrowserTestCase):
    javascript = False
    width = 360

    def test_the_city_is_chosen_on_a_page_of_its_own(self):
        make_city("Pune")
        self.page.goto("/theaters/")

        self.page.get_by_role("link", name="Choose city").click()
        self.assertTrue(self.fits_its_window())
        self.page.locator("main").get_by_role("button", name="Pune").click()

        self.page.locator("h1", has_text="Cinemas in Pune").wait_for()

    def test_the_language_is_changed_on_a_page_of_its_own(self):
        self.page.goto("/theaters/")

        self.page.locator(".site-footer").get_by_role("link", name="हिंदी").click()
        self.page.get_by_role("button", name="हिंदी").click()

        self.page.locator("html[lang=hi]").wait_for()
        self.page.wait_for_url("**/theaters/")
