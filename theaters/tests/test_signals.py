from django.test import TestCase

from moviebooking.testing import make_showtime
from movies import catalogue


class Forgetting(TestCase):
    def assert_forgotten(self, change):
        before = catalogue.version()
        with self.captureOnCommitCallbacks(execute=True):
            change()
        self.assertNotEqual(catalogue.version(), before)

    def test_a_change_to_anything_that_pages_show_drops_what_they_remember(self):
        showtime = make_showtime()
        own_price = showtime.seat_prices.create(seat_class="P", price=300)
        theater = showtime.screen.theater
        for row in (own_price, showtime, showtime.screen, theater, theater.city):
            with self.subTest(type(row).__name__):
                self.assert_forgotten(row.save)

    def test_a_deletion_does_so_too(self):
        self.assert_forgotten(make_showtime().screen.theater.city.delete)

    def test_what_is_rolled_back_drops_nothing(self):
        showtime, before = make_showtime(), catalogue.version()
        with self.captureOnCommitCallbacks(execute=False):
            showtime.save()
        self.assertEqual(catalogue.version(), before)
