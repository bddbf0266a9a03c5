"""A screen is changed, or a showtime moved to another one, at the moment when one of its seats is sold.

On PostgreSQL: SQLite knows no row locks.
"""

from threading import Event, Thread
from unittest import skipUnless

from django.db import connection, transaction
from django.test import Client, TransactionTestCase

from moviebooking.testing import make_screen, make_showtime, make_user
from theaters.layout_changes import SeatsLost, SeatsSold
from theaters.models import Screen, Showtime

from .test_admin import NO_INLINES, url_of

on_postgresql = skipUnless(connection.vendor == "postgresql", "row locks are PostgreSQL's")
WAIT = 0.7  # seconds that the seller leaves to the rival; who is locked out does not come back within them


class ChangeAgainstSale:
    """One thread sells A3 and has not committed yet; the other meanwhile takes A3 away, or elsewhere."""

    def prepare(self):
        """What to save; called by the rival before anything is sold."""
        raise NotImplementedError

    def race(self, *, seller_locks):
        """What became of the change: "changed" or "refused"."""
        self.showtime, self.user = make_showtime("SSS"), make_user()
        self.sold, self.done, self.outcome = Event(), Event(), []
        rival = Thread(target=self.change)
        rival.start()
        with transaction.atomic():
            if seller_locks:
                Showtime.objects.select_for_update(no_key=True).get(pk=self.showtime.pk)
            self.sell_a3()
            self.sold.set()
            self.done.wait(WAIT)
        rival.join(timeout=20)
        return self.outcome[0]

    def sell_a3(self):
        booking = self.showtime.bookings.create(
            user=self.user, seats=["A3"], status="CONFIRMED", total_amount=100
        )
        booking.tickets.create(showtime=self.showtime, seat="A3")

    def change(self):
        try:
            changed = self.prepare()
            self.sold.wait(20)
            changed.save()
            self.outcome.append("changed")
        except (SeatsLost, SeatsSold):
            self.outcome.append("refused")
        finally:
            self.done.set()
            connection.close()

    def test_the_change_waits_for_the_sale_and_is_refused(self):
        self.assertEqual(self.race(seller_locks=True), "refused")

    def test_control_without_the_sellers_lock_the_seat_is_lost(self):
        self.assertEqual(self.race(seller_locks=False), "changed")


@on_postgresql
class LayoutAgainstSale(ChangeAgainstSale, TransactionTestCase):
    def prepare(self):
        screen = Screen.objects.get(pk=self.showtime.screen_id)
        screen.layout = "SS"
        return screen


@on_postgresql
class MoveAgainstSale(ChangeAgainstSale, TransactionTestCase):
    def prepare(self):
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        showtime.screen = make_screen("SSS")
        return showtime


@on_postgresql
class FormAgainstSale(ChangeAgainstSale, TransactionTestCase):
    """The form's own check comes before the sale; the page says what save() says after it."""

    test_control_without_the_sellers_lock_the_seat_is_lost = (
        None  # a page may take longer than the seller waits
    )

    def prepare(self):
        client = Client()
        client.force_login(make_user(is_staff=True, is_superuser=True))
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        start = showtime.local_start
        fields = {
            "movie": showtime.movie_id, "screen": make_screen("SSS").pk, "price": "200", "format": "2D",
            "start_time_0": f"{start:%Y-%m-%d}", "start_time_1": f"{start:%H:%M:%S}", **NO_INLINES,
        }  # fmt: skip
        return SentForm(client, url_of(showtime), fields)


class SentForm:
    def __init__(self, client, address, fields):
        self.client, self.address, self.fields = client, address, fields

    def save(self):
        response = self.client.post(self.address, self.fields, follow=True)
        if "Seats are sold for it." in response.content.decode():
            raise SeatsSold("screen")
