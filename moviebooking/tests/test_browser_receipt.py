"""The receipt beside the seats, as the server prints it and as the script keeps it."""

from bookings.tests.support.steps import hold, url
from moviebooking.testing import make_showtime, make_user

from .support.browser import BrowserTestCase

AMOUNTS = ("seats", "fee", "tax", "total")
TWO = ["₹400.00", "₹20.00", "₹75.60", "₹495.60"]
PREMIUM = ["₹250.00", "₹12.50", "₹47.25", "₹309.75"]


class ReceiptTestCase(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.ann, self.showtime = make_user("ann"), make_showtime("SSS\nSSP")
        self.seat_map = url("seat_map", self.showtime)
        self.sign_in(self.ann)

    def seats(self):
        return self.page.locator("[data-chosen]").inner_text()

    def amounts(self):
        """Return the amounts that are visible."""
        places = [self.page.locator(f"[data-price-{name}]") for name in AMOUNTS]
        return [place.inner_text() for place in places if place.is_visible()]

    def actions(self):
        """Return the words on the visible buttons."""
        buttons = self.page.locator(".receipt__actions .button").all()
        return [button.inner_text() for button in buttons if button.is_visible()]


class WithScript(ReceiptTestCase):
    def test_held_seats_lead_to_the_checkout(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        self.page.goto(self.seat_map)

        self.assertEqual((self.seats(), self.amounts()), ("A1, A2", TWO))
        self.assertEqual(self.actions(), ["Go to checkout", "Release seats"])

    def test_other_seats_than_those_held_are_priced_and_must_be_held(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        self.page.goto(f"{self.seat_map}?seats=B3")

        self.assertEqual((self.seats(), self.amounts()), ("B3", PREMIUM))
        self.assertEqual(self.actions(), ["Hold 1 seat", "Release seats"])

    def test_the_script_prices_each_seat_by_its_class(self):
        self.page.goto(self.seat_map)
        self.page.locator("label.seat:has([value=B3])").click()

        self.assertEqual((self.seats(), self.amounts()), ("B3", PREMIUM))

    def test_the_script_prints_what_the_server_has_printed(self):
        path = f"{self.seat_map}?seats=A1&seats=A2"
        printed = self.client.get(path)
        self.page.goto(path)

        self.assertEqual(self.amounts(), TWO)
        for amount in TWO:
            self.assertContains(printed, amount, count=1)


class WithoutScript(ReceiptTestCase):
    javascript = False

    def test_held_seats_are_priced_and_can_be_changed(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        self.page.goto(self.seat_map)

        self.assertEqual((self.seats(), self.amounts()), ("A1, A2", TWO))
        self.assertEqual(self.actions(), ["Go to checkout", "Update my seats", "Release seats"])

    def test_seats_that_are_only_selected_are_not_priced(self):
        self.page.goto(f"{self.seat_map}?seats=A1&seats=A2")

        self.assertEqual((self.seats(), self.amounts()), ("Select up to 10 seats.", []))
        self.assertEqual(self.actions(), ["Hold these seats"])

    def test_while_other_seats_are_selected_the_held_ones_are_named(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        self.page.goto(f"{self.seat_map}?seats=B3")

        self.assertEqual((self.seats(), self.amounts()), ("A1, A2", []))
        self.assertEqual(self.actions(), ["Go to checkout", "Update my seats", "Release seats"])
