from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from bookings.money import refunds, settlement
from bookings.tests.support.fake_stripe import FakeStripe
from bookings.tests.support.redis_faults import redis_down
from bookings.tests.support.steps import book, buy, hold, url
from moviebooking.testing import make_screen, make_showtime, make_theater, make_user

from .support.pages import PageWalk

LAYOUT = "SSSS__SSSS\nSSSS__SSSS\nPPPP__PPPP\nRR_WC_WC_RR"


def seats(*labels):
    return [("seats", label) for label in labels]


class Seats(PageWalk):
    def setUp(self):
        super().setUp()
        self.ann, self.bob = make_user("ann"), make_user("bob")
        self.showtime = make_showtime(LAYOUT)
        self.map = url("seat_map", self.showtime)
        self.sign_in(self.ann)

    def test_the_seat_map_in_each_state(self):
        buy(self.bob, self.showtime, ["A1", "A2"])
        hold(self.bob, self.showtime, ["B1"])
        self.sign_in(None)

        self.see("map-of-a-stranger", self.map)
        self.sign_in(self.ann)
        self.see("map", f"{self.map}?best=2&class=P")
        self.page.locator(".switch__list").evaluate("one => one.click()")
        self.look("map-as-list")
        hold(self.ann, self.showtime, ["B3", "B4"])
        self.see("map-held", self.map)
        self.see("map-absurd", f"{self.map}?best=9999&class=X&seats=Z99&seats=a1")

    def test_refused_holds(self):
        hold(self.ann, self.showtime, ["A3"])
        hold(self.bob, self.showtime, ["A4"])
        strict = make_showtime(screen=make_screen("SSSSSS", theater=make_theater(no_lone_seats=True)))

        self.send("hold-taken", url("hold", self.showtime), seats("A3", "A4"), 409, starting_at=self.map)
        self.send("hold-none", url("hold", self.showtime), [], 400, starting_at=self.map)
        self.send("hold-unknown", url("hold", self.showtime), seats("Z9", "Z9"), 400, starting_at=self.map)
        self.send("hold-companion", url("hold", self.showtime), seats("D4"), 409, starting_at=self.map)
        self.send("hold-lone", url("hold", strict), seats("A2", "A3"), 409, starting_at=self.map)
        book(self.ann, strict, ["A1", "A2"])
        self.see("map-pending", url("seat_map", strict))
        self.send("review-beside-a-booking", url("hold", strict), seats("A3"), starting_at=self.map)

    def test_the_seat_map_without_redis(self):
        with redis_down():
            self.see("map-degraded", self.map)
            self.send("hold-degraded", url("hold", self.showtime), seats("A3"), 503, starting_at=self.map)
            self.see("review-degraded", url("create_booking", self.showtime), 503)

    def test_seat_maps_of_showtimes_that_are_not_on_sale(self):
        begun = make_showtime(starts_in=timedelta(minutes=-5))
        cancelled = make_showtime()
        refunds.cancel_showtime(showtime=cancelled, now=timezone.now())

        self.see("map-begun", url("seat_map", begun), 410)
        self.see("map-cancelled", url("seat_map", cancelled), 410)
        self.send("hold-begun", url("hold", begun), seats("A1"), 410, starting_at=self.map)

    def test_pages_of_review_and_payment(self):
        review = url("create_booking", self.showtime)
        self.see("review-of-nothing", review)
        hold(self.ann, self.showtime, ["A1", "A2"])
        self.see("review", review)
        picked = [("seat_ids", "A1"), ("seat_ids", "A2")]
        self.send("review-price", review, [*picked, ("quoted_total", "1.00")], 409, starting_at=review)
        self.send("review-other-seats", review, [("seat_ids", "B1")], 409, starting_at=review)
        self.send("pay", review, picked, starting_at=review)
        self.see("review-of-a-booking", url("create_booking", self.showtime))

    def test_the_page_of_payment_by_card(self):
        booking = book(self.ann, self.showtime, ["A1", "A2"])
        with FakeStripe() as fake:
            self.enterContext(override_settings(**fake.settings))
            settlement.begin_payment(booking=booking, now=timezone.now())
            self.see("pay-by-card", f"/bookings/{booking.reference}/pay/")
            self.page.locator("iframe").first.wait_for()
            self.look("pay-by-card-mounted")

        self.see("pay-by-card-silent", f"/bookings/{booking.reference}/pay/")
