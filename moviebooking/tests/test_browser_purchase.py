"""Buy tickets, from the home page to the ticket, under the circumstances of different visitors."""

import re

from django.core import mail
from django.test import tag

from bookings.models import Booking
from moviebooking.testing import PASSWORD, make_movie, make_showtime

from .support.browser import BrowserTestCase

LAYOUT = "SSSS__SSSS\nSSSS__SSSS\nPPPP__PPPP"
TOTAL = "₹495.60"  # two seats at 200.00, fee and tax


@tag("money")
class Purchase(BrowserTestCase):
    """The steps; each class below takes them in its own circumstances."""

    name = ""

    def setUp(self):
        super().setUp()
        self.movie = make_movie("The Long Night")
        self.showtime = make_showtime(LAYOUT, movie=self.movie)

    def find_the_showtime(self):
        self.page.goto("/")
        self.see("1-home")
        self.page.get_by_role("link", name=self.movie.title).first.click()
        self.see("2-movie")
        self.page.locator(f"a[href$='/showtimes/{self.showtime.pk}/seats/']").first.click()

    def seat(self, label):
        return self.page.locator(f"label.seat:has(input[name=seats][value={label}])")

    def tick(self, *labels):
        for label in labels:
            self.seat(label).click()

    def ticked(self):
        return [box.get_attribute("value") for box in self.page.locator("input[name=seats]:checked").all()]

    def hold(self):
        self.page.locator("[data-hold]").click()

    def sign_up(self, username="ann"):
        self.page.get_by_role("main").get_by_role("link", name="Create an account").click()
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password1]", PASSWORD)
        self.page.fill("[name=password2]", PASSWORD)
        if self.page.locator("[name=email]").count():
            self.page.fill("[name=email]", f"{username}@example.test")
        self.page.get_by_role("main").get_by_role("button", name="Create account").click()

    def agree(self):
        self.page.get_by_role("button", name="Continue to payment").click()

    def pay(self):
        self.page.get_by_role("button", name=f"Pay {TOTAL}").click()

    def see(self, step):
        self.assertTrue(self.fits_its_window(), step)
        self.picture(f"purchase-{self.name}-{step}")

    def buy(self):
        self.find_the_showtime()
        self.tick("A1", "A2")
        self.see("3-seats")
        self.hold()
        self.sign_up()
        self.assertEqual(self.ticked(), ["A1", "A2"])  # the choice waited through the sign-up
        self.hold()
        self.page.wait_for_url("**/book/")
        self.assertIn(TOTAL, self.page.locator(".price-lines__total").inner_text())
        self.see("4-review")
        self.agree()
        self.page.wait_for_url("**/pay/")
        self.see("5-pay")
        self.pay()
        self.page.wait_for_url(re.compile(r"/bookings/[^/]+/$"))

    def assert_has_tickets(self, *labels):
        booking = Booking.objects.get()
        self.assertEqual((booking.status, booking.seats), (Booking.Status.CONFIRMED, list(labels)))
        self.assertEqual(sorted(booking.tickets.values_list("seat", flat=True)), list(labels))
        self.assertTrue(self.page.url.endswith(booking.get_absolute_url()))
        codes = [self.page.get_by_role("img", name=f"QR code for seat {label}").count() for label in labels]
        self.assertEqual(codes, [1] * len(labels))
        self.assertEqual(sum(booking.reference in message.subject for message in mail.outbox), 1)
        self.see("6-ticket")


class WithJavaScript(Purchase):
    name = "script"

    def test_a_visitor_buys_two_seats(self):
        self.buy()

        self.assert_has_tickets("A1", "A2")

    def test_the_receipt_counts_as_seats_are_selected(self):
        self.page.goto(f"/showtimes/{self.showtime.pk}/seats/")
        self.tick("A1", "A2")

        self.assertEqual(self.page.locator("[data-price-total]").inner_text(), TOTAL)
        self.assertEqual(self.page.locator("[data-hold]").inner_text(), "Hold 2 seats")


class WithoutJavaScript(Purchase):
    name = "no-script"
    javascript = False

    def test_a_visitor_buys_two_seats(self):
        self.buy()

        self.assert_has_tickets("A1", "A2")


class OnAPhone(Purchase):
    name = "phone"
    width, height = 375, 700
    context_options = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}

    def test_a_visitor_buys_two_seats(self):
        self.buy()

        self.assert_has_tickets("A1", "A2")


class ByKeyboard(Purchase):
    """No pointer at all: Tab, arrows, Space and Enter."""

    name = "keyboard"

    def focus_on(self, locator):
        """Press Tab until it has the focus."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if locator.evaluate("one => one === document.activeElement"):
                return
        self.fail(f"{locator} can't be reached by Tab")

    def press(self, locator):
        self.focus_on(locator)
        self.page.keyboard.press("Enter")

    def tick(self, first, *others):
        boxes = self.page.locator("input[name=seats]")
        self.focus_on(boxes.first)
        for label in (first, *others):
            box = self.page.locator(f"input[name=seats][value={label}]")
            for _ in range(20):
                if box.evaluate("one => one === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowRight")
            self.page.keyboard.press("Space")

    def hold(self):
        self.press(self.page.locator("[data-hold]"))

    def agree(self):
        self.press(self.page.get_by_role("button", name="Continue to payment"))

    def pay(self):
        self.press(self.page.get_by_role("button", name=f"Pay {TOTAL}"))

    def test_a_visitor_buys_two_seats(self):
        self.page.goto("/")
        self.press(self.page.get_by_role("link", name=self.movie.title).first)
        self.press(self.page.locator(f"a[href$='/showtimes/{self.showtime.pk}/seats/']").first)
        self.page.wait_for_url("**/seats/")
        self.tick("A2", "A3")
        self.hold()
        self.sign_up_by_keys()
        self.page.wait_for_url("**/seats/?**")
        self.hold()
        self.page.wait_for_url("**/book/")
        self.agree()
        self.page.wait_for_url("**/pay/")
        self.pay()
        self.page.wait_for_url(re.compile(r"/bookings/[^/]+/$"))

        self.assert_has_tickets("A2", "A3")

    def sign_up_by_keys(self):
        main = self.page.get_by_role("main")
        self.press(main.get_by_role("link", name="Create an account"))
        self.page.wait_for_url("**/register/**")
        fields = {
            "username": "ann",
            "email": "ann@example.test",
            "password1": PASSWORD,
            "password2": PASSWORD,
        }
        for name, text in fields.items():
            self.focus_on(self.page.locator(f"[name={name}]"))
            self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")


class TwoVisitors(Purchase):
    name = "rivals"

    def enter(self, page, username):
        """Sign up and come to the seat map; the steps after that are this visitor's."""
        self.page = page
        page.goto(f"/showtimes/{self.showtime.pk}/seats/")
        self.tick("A4")
        self.hold()
        self.sign_up(username)
        page.wait_for_url("**/seats/?**")
        self.tick("A4")  # not any more

    def test_the_second_visitor_sees_taken_seats_at_once_and_keeps_the_others(self):
        ann, bob = self.page, self.new_visitor()
        self.enter(bob, "bob")
        self.tick("A2", "A3")
        self.enter(ann, "ann")
        self.tick("A1", "A2")
        self.hold()
        ann.wait_for_url("**/book/")

        self.page = bob
        self.hold()

        bob.get_by_text("A2 was just taken").first.wait_for()
        self.assertEqual(self.ticked(), ["A3"])
        self.see("refused")
