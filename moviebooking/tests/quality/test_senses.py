"""Visitors who see, move or wait in other ways than most: forced colours, no motion, a narrow window."""

from django.test import override_settings

from bookings.tests.support.steps import buy, hold, url
from moviebooking.testing import make_showtime, make_user

from .support.pages import PageWalk

FILLING = """one => {
    const {backgroundColor, backgroundImage} = getComputedStyle(one);
    return `${backgroundColor} ${backgroundImage}`;
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
    const {transitionDuration, animationDuration} = getComputedStyle(one);
    return `${transitionDuration},${animationDuration}`.split(",").some((each) => parseFloat(each) > 0.01);
}).map((one) => one.className || one.tagName)"""


@override_settings(ROOT_URLCONF="moviebooking.tests.quality.support.extra_urls")
class Senses(PageWalk):
    def setUp(self):
        super().setUp()
        self.ann, bob, self.showtime = make_user("ann"), make_user("bob"), make_showtime("SSSS__SSSS")
        buy(bob, self.showtime, ["A1"])
        hold(bob, self.showtime, ["A2"])
        hold(self.ann, self.showtime, ["A3"])
        self.sign_in(self.ann)

    def test_the_page_with_all_components(self):
        self.see("pieces", "/pieces")

    def test_seat_states_are_distinguishable_in_forced_colours(self):
        self.page.emulate_media(forced_colors="active")
        self.page.goto(url("seat_map", self.showtime))

        states = dict(zip(["booked", "held", "mine", "free"], ["A1", "A2", "A3", "A4"], strict=True))
        looks = {state: self.tile_of(label, state).evaluate(FILLING) for state, label in states.items()}
        self.assertEqual(len(set(looks.values())), len(states), looks)
        self.picture("seats-forced-colours")

    def tile_of(self, label, state):
        return self.page.locator(f".seat[data-state={state}]:has(input[value={label}]) > .seat__tile")

    def test_nothing_moves_with_reduced_motion(self):
        self.page.emulate_media(reduced_motion="reduce")
        for path in ("/pieces", url("seat_map", self.showtime), url("create_booking", self.showtime)):
            self.page.goto(path)
            self.assertEqual(self.page.evaluate(MOVING), [], path)

    def test_no_page_is_wider_than_the_narrowest_phone(self):
        self.width = 320
        self.page.set_viewport_size({"width": 320, "height": 640})
        movie, seats = self.showtime.movie.get_absolute_url(), url("seat_map", self.showtime)
        for path in (
            "/",
            "/movies/",
            movie,
            "/theaters/",
            seats,
            "/bookings/",
            "/accounts/profile/",
            "/pieces",
        ):
            self.page.goto(path)
            self.assertTrue(self.fits_its_window(), path)
