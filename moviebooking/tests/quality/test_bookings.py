from datetime import timedelta

from django.utils import timezone

from bookings import checkout, tickets
from bookings.money import refunds, settlement
from bookings.tests.support.steps import book, buy, url
from moviebooking.testing import make_showtime, make_user

from .support.pages import PageWalk


class Bookings(PageWalk):
    def setUp(self):
        super().setUp()
        self.ann = make_user("ann")
        self.showtime = make_showtime("SSSS__SSSS\nPPPP__PPPP")
        self.sign_in(self.ann)

    def test_pages_of_a_ticket_and_of_sharing_it(self):
        booking = buy(self.ann, self.showtime, ["A1", "A2"])
        self.see("ticket", booking.get_absolute_url())
        again = [("seat_ids", "A1"), ("seat_ids", "A2")]
        self.send("paid-already", url("create_booking", self.showtime), again, 409)
        self.send("ticket-mailed", f"{booking.get_absolute_url()}resend/")
        self.send("ticket-handed-over", f"{booking.get_absolute_url()}tickets/A1/")
        ticket = booking.tickets.get(seat="A1")

        self.sign_in(None)
        self.see("handed-over", f"/tickets/{ticket.link_code}/")
        tickets.end_sharing(ticket)
        self.see("taken-back", f"/tickets/{ticket.link_code}/", 404)
        self.sign_in(make_user("bob"))
        self.see("somebody-elses", booking.get_absolute_url(), 404)

    def test_pages_of_failed_cancelled_and_expired_bookings(self):
        now = timezone.now()
        failed = book(self.ann, self.showtime, ["A1"])
        settlement.pay_demo(booking=failed, succeeds=False, now=now)
        cancelled = buy(self.ann, self.showtime, ["A2"])
        refunds.cancel_booking(booking=cancelled, now=now)
        long_ago = now - timedelta(hours=1)
        expired = book(self.ann, self.showtime, ["A3"], now=long_ago)
        called_off = buy(self.ann, make_showtime(), ["A1"])
        refunds.cancel_showtime(showtime=called_off.showtime, now=now)

        self.see("failed", failed.get_absolute_url())
        self.see("cancelled", cancelled.get_absolute_url())
        self.see("expired", expired.get_absolute_url())
        self.see("expired-payment", f"{expired.get_absolute_url()}pay/", 410)
        self.see("called-off", called_off.get_absolute_url())
        self.send("cancelled-again", f"{cancelled.get_absolute_url()}cancel/", status=409)

    def test_pages_of_a_pending_booking(self):
        booking = book(self.ann, self.showtime, ["B1", "B2"])

        self.see("pending", booking.get_absolute_url())
        self.send("dropped", f"{booking.get_absolute_url()}cancel/")

    def test_the_page_of_a_past_booking(self):
        over = make_showtime(starts_in=timedelta(minutes=1))
        booking = buy(self.ann, over, ["A1"])
        over.start_time = timezone.now() - timedelta(hours=4)
        over.save(update_fields=["start_time"])

        self.see("ticket-of-yesterday", booking.get_absolute_url())

    def test_the_list_of_bookings(self):
        self.see("bookings-none", "/bookings/")
        for seat in ("A1", "A2", "A3"):
            buy(self.ann, self.showtime, [seat])
        book(self.ann, self.showtime, ["A4"])
        for _ in range(12):
            gone = book(self.ann, make_showtime(), ["A1"])
            checkout.drop_booking(booking=gone, now=timezone.now())

        self.see("bookings", "/bookings/")
        self.see("bookings-page", "/bookings/?page=2")
        self.see("bookings-no-such-page", "/bookings/?page=many")
