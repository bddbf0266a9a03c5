"""The seats in the seat map's HTML: each visitor's states, filled into what is drawn once."""

from decimal import Decimal

from django.conf import settings

from .support.drawn_seats import drawn_seats
from .support.redis_faults import redis_down
from .support.steps import BookingTestCase, book, buy, hold, make_showtime, make_user, url


class SeatGridTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSS\nSSP")
        cls.ann, cls.bob = make_user("ann"), make_user("bob")

    def seats(self, query="", user=None):
        """Return {label: DrawnSeat} of the page that this visitor gets."""
        if user:
            self.client.force_login(user)
        return drawn_seats(self.client.get(url("seat_map", self.showtime) + query))

    def test_each_visitor_sees_their_own_states_in_the_same_seats(self):
        buy(self.bob, self.showtime, ["A1"])
        hold(self.bob, self.showtime, ["B1"])
        hold(self.ann, self.showtime, ["B3"])

        anns, bobs = self.seats(user=self.ann), self.seats(user=self.bob)

        self.assertEqual(
            anns,
            {
                "A1": ("booked", "disabled", "A1, Standard, ₹247.80, sold"),
                "A2": ("free", "", "A2, Standard, ₹247.80, available"),
                "A3": ("free", "", "A3, Standard, ₹247.80, available"),
                "B1": ("held", "disabled", "B1, Standard, ₹247.80, on hold"),
                "B2": ("free", "", "B2, Standard, ₹247.80, available"),
                "B3": ("mine", "checked", "B3, Premium, ₹309.75, your seat"),
            },
        )
        self.assertEqual(bobs["B1"], ("mine", "checked", "B1, Standard, ₹247.80, your seat"))
        self.assertEqual(bobs["B3"], ("held", "disabled", "B3, Premium, ₹309.75, on hold"))

    def test_seats_named_in_the_link_are_selected_where_they_are_free(self):
        buy(self.bob, self.showtime, ["A1"])

        seats = self.seats("?seats=A1&seats=A2&seats=Z9")

        self.assertEqual([label for label, (_, flags, _) in seats.items() if flags == "checked"], ["A2"])

    def test_no_seat_can_be_chosen_beside_an_unpaid_booking(self):
        book(self.ann, self.showtime, ["A1"])

        locked, open_to_others = self.seats(user=self.ann), self.seats(user=self.bob)

        self.assertEqual({flags for _, flags, _ in locked.values()}, {"disabled"})
        self.assertEqual(locked["A1"], ("pending", "disabled", "A1, Standard, ₹247.80, your seat"))
        self.assertEqual(open_to_others["A2"], ("free", "", "A2, Standard, ₹247.80, available"))

    def test_seats_are_named_in_the_readers_language(self):
        self.seats()
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"

        self.assertEqual(self.seats()["A2"][2], "A2, स्टैंडर्ड, ₹247.80, उपलब्ध")

    def test_a_new_price_is_shown_at_once(self):
        self.seats()
        self.showtime.price = Decimal(300)
        with self.captureOnCommitCallbacks(execute=True):
            self.showtime.save()

        self.assertEqual(self.seats()["A2"][2], "A2, Standard, ₹371.70, available")

    def test_without_redis_the_seats_sold_are_shown(self):
        buy(self.bob, self.showtime, ["A1"])

        with redis_down():
            seats = self.seats()

        self.assertEqual(seats["A1"][0], "booked")
        self.assertEqual(seats["A2"], ("free", "", "A2, Standard, ₹247.80, available"))
