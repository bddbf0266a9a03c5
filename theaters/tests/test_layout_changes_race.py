"""A layout is changed, or a showtime moved to another screen, while one of its seats is being sold.

These tests need PostgreSQL: SQLite has no row locks.
"""

from threading import Event, Thread
from unittest import skipUnless

from django.db import connection, transaction
from django.test import Client, TransactionTestCase

from moviebooking.testing import make_screen, make_showtime, make_user
from theaters.layout_changes import SeatsLost, SeatsSold
from theaters.models import Screen, Showtime

from .test_admin import NO_INLINES, admin_url

on_postgresql = skipUnless(connection.vendor == "postgresql", "needs PostgreSQL: SQLite has no row locks")
SELLER_WAIT = 0.7  # seconds before the seller commits; a blocked rival can not finish within them


class ChangeDuringSale:
    """One thread has sold A3 but not committed; meanwhile a rival thread saves a change that loses A3."""

    def prepare(self):
        """Return the object that the rival saves. Called before anything is sold."""
        raise NotImplementedError

    def race(self, *, seller_locks):
        """Sell A3 while the rival saves its change. Return the rival's outcome: "changed" or "refused"."""
        self.showtime, self.user = make_showtime("SSS"), make_user()
        self.sold, self.done, self.outcome = Event(), Event(), []
        rival = Thread(target=self.change)
        rival.start()
        with transaction.atomic():
            if seller_locks:
                Showtime.objects.select_for_update(no_key=True).get(pk=self.showtime.pk)
            self.sell_a3()
            self.sold.set()
            self.done.wait(SELLER_WAIT)
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
class LayoutChangeDuringSaleTests(ChangeDuringSale, TransactionTestCase):
    def prepare(self):
        screen = Screen.objects.get(pk=self.showtime.screen_id)
        screen.layout = "SS"
        return screen


@on_postgresql
class MoveDuringSaleTests(ChangeDuringSale, TransactionTestCase):
    def prepare(self):
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        showtime.screen = make_screen("SSS")
        return showtime


@on_postgresql
class AdminFormDuringSaleTests(ChangeDuringSale, TransactionTestCase):
    """The form is validated before the sale, so save() refuses the change; the page shows that refusal."""

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
        return AdminForm(client, admin_url(showtime), fields)


class AdminForm:
    """A change form of the admin, posted by `save()`."""

    def __init__(self, client, url, fields):
        self.client, self.url, self.fields = client, url, fields

    def save(self):
        response = self.client.post(self.url, self.fields, follow=True)
        if "Seats are sold for it." in response.content.decode():
            raise SeatsSold("screen")
