"""The seat map and the clock under a visitor's hands: what is said is seen, and nothing moves away."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from bookings.tests.support.steps import book, hold, url
from moviebooking.templatetags.formats import clock
from moviebooking.testing import make_showtime, make_user

from .support.browser import BrowserTestCase

WIDE = "\n".join(["SSSSSSSSSSSS__SSSSSSSSSSSS"] * 12)
TEN = [f"C{number}" for number in range(9, 19)]


class SeatMapTestCase(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.ann, self.showtime = make_user("ann"), make_showtime(WIDE)
        self.sign_in(self.ann)

    def seat(self, label):
        return self.page.locator(f"label.seat:has(input[name=seats][value={label}])")

    def tick(self, *labels):
        for label in labels:
            self.seat(label).click()

    def ticked(self):
        return [box.get_attribute("value") for box in self.page.locator("input[name=seats]:checked").all()]

    def shown(self, *selectors):
        return [selector for selector in selectors if self.page.locator(selector).is_visible()]


class OnAPhone(SeatMapTestCase):
    width, height = 360, 740

    def test_ten_seats_and_their_total_fit_side_by_side(self):
        self.page.goto(url("seat_map", self.showtime))
        self.tick(*TEN)

        seats, total = self.page.locator("[data-chosen]"), self.page.locator(".price-lines__total")
        self.assertEqual(seats.inner_text(), ", ".join(TEN))
        box = seats.bounding_box()
        self.assertLessEqual(box["x"] + box["width"], total.bounding_box()["x"])
        self.assertEqual(seats.evaluate("one => one.scrollWidth > one.clientWidth"), False)

    def test_messages_are_visible_wherever_the_map_is_scrolled(self):
        self.page.goto(url("seat_map", self.showtime))
        self.tick(*[label.replace("C", "L") for label in TEN], "K9")

        news = self.page.get_by_text("You can book up to 10 seats at once.")
        self.assertEqual(len(self.ticked()), 10)
        self.assertLess(news.bounding_box()["y"] + news.bounding_box()["height"], self.height)
        self.assertGreater(news.bounding_box()["y"], 0)

    def test_a_seat_too_small_to_tap_is_zoomed_first(self):
        self.page.goto(url("seat_map", self.showtime))
        self.page.get_by_role("button", name="Zoom out").click()

        self.tick("L24")

        self.assertEqual(self.ticked(), [])
        self.assertGreaterEqual(self.seat("L24").bounding_box()["width"], 24)
        self.tick("L24")
        self.assertEqual(self.ticked(), ["L24"])

    def test_screen_label_and_prices_stay_visible_when_the_map_is_panned(self):
        self.page.goto(url("seat_map", self.showtime))
        self.page.locator("[data-window]").evaluate("one => { one.scrollLeft = 0; }")

        for text in ("Screen", "₹247.80"):
            words = self.page.locator(".seat-grid").get_by_text(text, exact=True).first.bounding_box()
            self.assertGreaterEqual(words["x"], 0, text)
            self.assertLessEqual(words["x"] + words["width"], self.width, text)


class AtADesk(SeatMapTestCase):
    def test_messages_do_not_move_the_seats(self):
        self.page.goto(url("seat_map", self.showtime))
        self.tick(*TEN)
        before = self.seat("A1").bounding_box()

        self.tick("D9")

        self.page.get_by_text("You can book up to 10 seats at once.").wait_for()
        self.assertEqual(self.seat("A1").bounding_box(), before)

    def test_in_the_list_a_standard_seat_shows_its_number_and_has_a_full_accessible_name(self):
        hold(make_user(), self.showtime, ["A2"])
        self.page.goto(url("seat_map", self.showtime))
        self.page.locator(".switch__list").check(force=True)

        sentence = "A1, Standard, ₹247.80, available"
        self.assertEqual(self.seat("A1").locator(".seat__words").text_content(), sentence)
        seen = (
            "one => [...one.children].filter((part) => part.offsetWidth > 1).map((part) => part.textContent)"
        )
        words = [self.seat(label).locator(".seat__words").evaluate(seen) for label in ("A1", "A2")]
        self.assertEqual(words, [[], ["on hold"]])


class DeadlineTests(SeatMapTestCase):
    """Pages of a hold that has only seconds left."""

    def setUp(self):
        super().setUp()
        self.review = url("create_booking", self.showtime)

    def ago(self, *, left):
        """Return when a hold that has so many seconds left was made."""
        return timezone.now() - timedelta(seconds=settings.SEAT_HOLD_SECONDS - left)

    def test_an_expired_review_offers_the_same_seats_again(self):
        hold(self.ann, self.showtime, ["A1", "A2"], now=self.ago(left=6))
        self.page.goto(self.review)
        self.assertEqual(self.shown(".countdown__line", "[data-after-deadline]"), [".countdown__line"])

        again = self.page.get_by_role("link", name="Try A1, A2 again")
        again.wait_for()
        self.assertEqual(self.shown(".countdown__line", "[data-renew]", "main form.form"), [])
        self.assertEqual(again.get_attribute("href"), f"{url('seat_map', self.showtime)}?seats=A1&seats=A2")

    def test_the_payment_can_not_be_cancelled_when_it_is_over(self):
        booking = book(self.ann, self.showtime, ["A1"], now=self.ago(left=4))
        self.page.goto(f"/bookings/{booking.reference}/pay/")

        self.page.get_by_role("link", name="Try A1 again").wait_for()
        self.assertEqual(self.page.get_by_role("button", name="Cancel and release seats").count(), 0)
        self.assertEqual(self.shown(".countdown__line"), [])

    def test_on_the_map_no_seats_can_be_released_any_more(self):
        hold(self.ann, self.showtime, ["A1"], now=self.ago(left=4))
        self.page.goto(url("seat_map", self.showtime))

        self.page.get_by_text("Those still available are selected").wait_for()
        self.assertEqual(self.shown("[data-release]", ".receipt__note", "[data-continue]"), [])
        self.assertEqual(self.shown("[data-hold]"), ["[data-hold]"])

    def test_a_hold_renewed_in_another_tab_continues(self):
        hold(self.ann, self.showtime, ["A1"], now=self.ago(left=6))
        self.page.goto(self.review)
        held = hold(self.ann, self.showtime, ["A1"])

        until = clock(timezone.localtime(held.expires_at))
        self.page.locator("[data-until]", has_text=until).wait_for()
        self.assertEqual(self.shown(".countdown__line", "[data-after-deadline]"), [".countdown__line"])

    def test_the_button_of_the_last_minute_covers_no_other(self):
        hold(self.ann, self.showtime, ["A1"], now=self.ago(left=66))
        self.page.goto(self.review)
        go_on = self.page.get_by_role("button", name="Continue to payment")
        before = go_on.bounding_box()
        self.assertEqual(self.shown("[data-renew]"), [])

        self.page.get_by_role("button", name="Give me more time").wait_for()
        self.assertEqual(go_on.bounding_box(), before)


LAGGING = "Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin - 1_200_000 })"
AHEAD = "const clock = Date.now.bind(Date); Date.now = () => clock() + 1_200_000"
PUT_FORWARD = "Date.now = ((clock) => () => clock() + 1_200_000)(Date.now.bind(Date))"


class TheVisitorsOwnClock(SeatMapTestCase):
    """Ten minutes are ten minutes, whatever the visitor's computer takes for the time."""

    def review(self):
        hold(self.ann, self.showtime, ["A1"])
        self.page.goto(url("create_booking", self.showtime))
        self.page.locator("[data-left]", has_text="left").wait_for()

    def seconds_left(self):
        minutes, seconds = self.page.locator("[data-left]").inner_text().removesuffix(" left").split(":")
        return int(minutes) * 60 + int(seconds)

    def assert_counting(self):
        self.assertEqual(self.shown(".countdown__line", "[data-after-deadline]"), [".countdown__line"])
        self.assertTrue(settings.SEAT_HOLD_SECONDS - 60 < self.seconds_left() <= settings.SEAT_HOLD_SECONDS)

    def test_a_page_with_a_lagging_time_origin_counts_the_whole_time(self):
        self.page.add_init_script(LAGGING)
        self.review()

        self.assert_counting()

    def test_a_computer_that_is_minutes_ahead_counts_the_whole_time(self):
        self.page.add_init_script(AHEAD)
        self.review()

        self.assert_counting()

    def test_setting_the_clock_forward_does_not_end_the_countdown(self):
        self.review()

        with self.page.expect_response("**/seats.json"):
            self.page.evaluate(PUT_FORWARD)

        self.page.wait_for_timeout(200)
        self.assert_counting()
