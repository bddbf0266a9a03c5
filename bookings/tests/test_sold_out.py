"""The seat map of a viewer for whom no seat is left."""

from .support.steps import BookingTestCase, book, buy, hold, make_showtime, make_user, url

CHOICE = ("Pick for me", "Hold these seats", "Update my seats")


class SoldOutTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.bob, cls.showtime = make_user(), make_user(), make_showtime("SS")

    def assert_left(self, what, offered):
        """Return what the map says is left, and whether it lets the viewer choose."""
        page = self.client.get(url("seat_map", self.showtime))
        self.assertEqual(page.context["left"], what)
        self.assertContains(page, "data-while-left hidden", count=0 if offered else 5)
        self.assertContains(page, "data-unless-left hidden", count=1 if offered else 0)
        told = {"none": "Sold out", "held": "No seats available right now"}
        for kind in told:
            self.assertContains(page, f'data-none-left="{kind}" hidden', count=0 if kind == what else 1)

    def test_seats_are_offered_while_some_are_left(self):
        buy(self.bob, self.showtime, ["A1"])

        self.assert_left("some", True)

    def test_a_sold_out_showtime_says_so(self):
        buy(self.bob, self.showtime, ["A1", "A2"])

        self.assert_left("none", False)

    def test_held_or_pending_last_seats_are_announced_as_possibly_coming_back(self):
        buy(self.bob, self.showtime, ["A1"])
        hold(self.bob, self.showtime, ["A2"])
        self.assert_left("held", False)
        book(self.bob, self.showtime, ["A2"])
        self.assert_left("held", False)

    def test_the_holder_of_the_last_seats_can_choose_among_them(self):
        buy(self.bob, self.showtime, ["A1"])
        hold(self.ann, self.showtime, ["A2"])
        self.client.force_login(self.ann)

        self.assert_left("some", True)

    def test_a_visitor_who_must_still_pay_for_the_last_seats_does_not_see_sold_out(self):
        book(self.ann, self.showtime, ["A1", "A2"])
        self.client.force_login(self.ann)

        page = self.client.get(url("seat_map", self.showtime))

        self.assertNotContains(page, "Sold out")
        self.assertContains(page, "Pay now")

    def test_a_refused_hold_of_the_last_seats_shows_no_button(self):
        buy(self.bob, self.showtime, ["A1", "A2"])
        self.client.force_login(self.ann)

        refused = self.client.post(url("hold", self.showtime), {"seats": ["A1"]})

        self.assertContains(refused, "data-while-left hidden", count=5, status_code=409)
