from decimal import Decimal

from django.test import SimpleTestCase, TestCase

from moviebooking.testing import make_screen, make_showtime
from theaters.layout import lowest_price
from theaters.models import SeatPrice, Showtime


class LowestPriceRuleTests(SimpleTestCase):
    def test_it_is_the_cheapest_class_that_anybody_may_choose(self):
        cases = {
            "S": ("100", None),
            "SP": ("100", None),
            "PR": ("125", None),
            "RW": ("175", None),
            "WC": ("100", None),
            "SR": ("60", {"R": Decimal("60")}),
        }
        for codes, (lowest, own) in cases.items():
            with self.subTest(codes):
                self.assertEqual(lowest_price(list(codes), Decimal("100"), own), Decimal(lowest))


class ShowtimesLowestPriceTests(TestCase):
    def lowest(self, showtime):
        showtime.refresh_from_db()
        return showtime.lowest_price

    def test_a_hall_of_recliners_promises_no_standard_seat(self):
        self.assertEqual(self.lowest(make_showtime("WRR\nRRR")), Decimal("350.00"))

    def test_it_follows_the_price_the_seat_prices_and_the_hall(self):
        showtime = make_showtime("PPP\nRRR")
        self.assertEqual(self.lowest(showtime), Decimal("250.00"))

        showtime.price = Decimal("400")
        showtime.save(update_fields=["price"])
        self.assertEqual(self.lowest(showtime), Decimal("500.00"))

        own = SeatPrice.objects.create(showtime=showtime, seat_class="R", price="90")
        self.assertEqual(self.lowest(showtime), Decimal("90.00"))
        own.delete()
        self.assertEqual(self.lowest(showtime), Decimal("500.00"))

        showtime.screen.layout = "SSS\nPPP\nRRR"
        showtime.screen.save()
        self.assertEqual(self.lowest(showtime), Decimal("400.00"))

        showtime.screen = make_screen("RRR")
        showtime.save()
        self.assertEqual(self.lowest(showtime), Decimal("700.00"))

    def test_the_film_is_listed_from_there(self):
        showtime = make_showtime("RRR")

        self.assertContains(self.client.get("/movies/"), "from ₹433.65")
        self.assertContains(self.client.get(showtime.movie.get_absolute_url()), "from ₹433.65")

    def test_rows_made_in_bulk_are_listed_too(self):
        one = make_showtime("RRR")
        many = Showtime(
            movie=one.movie, screen=one.screen, start_time=one.start_time, price="100.00", available_seats=3
        )
        Showtime.objects.bulk_create([many])

        self.assertEqual(Showtime.objects.get(pk=many.pk).from_price, Decimal("175.00"))
        self.assertContains(self.client.get("/movies/"), "from ₹123.90")
