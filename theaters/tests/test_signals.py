from django.test import TestCase

from moviebooking.testing import make_showtime
from movies import catalogue


class Forgetting(TestCase):
    def assert_forgotten(self, change):
        before = catalogue.version()
        with self.captureOnCommitCallbacks(execute=True):
            change()
        self.assertNotEqual(catalogue.version(), before)

    def test_any_change_that_pages_show_clears_the_cache(self):
        showtime = make_showtime()
        own_price = showtime.seat_prices.create(seat_class="P", price=300)
        theater = showtime.screen.theater
        for row in (own_price, showtime, showtime.screen, theater, theater.city):
            with self.subTest(type(row).__name__):
                self.assert_forgotten(row.save)

    def test_a_deletion_clears_the_cache(self):
        self.assert_forgotten(make_showtime().screen.theater.city.delete)

    def test_a_change_that_is_rolled_back_keeps_the_cache(self):
        showtime, before = make_showtime(), catalogue.version()
        with self.captureOnCommitCallbacks(execute=False):
            showtime.save()
        self.assertEqual(catalogue.version(), before)
