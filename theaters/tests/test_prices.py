from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import F
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse

from moviebooking.fields import PriceField
from moviebooking.testing import make_screen, make_showtime, make_user
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

    def test_the_lowest_price_of_a_screen_of_recliners_is_a_recliners(self):
        self.assertEqual(self.lowest(make_showtime("WRR\nRRR")), Decimal("350.00"))

    def test_the_lowest_price_follows_price_seat_prices_and_layout(self):
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

    def test_the_movie_is_listed_with_the_lowest_price(self):
        showtime = make_showtime("RRR")

        self.assertContains(self.client.get("/movies/"), "from ₹434")
        self.assertContains(self.client.get(showtime.movie.get_absolute_url()), "from ₹434")

    def test_showtimes_created_in_bulk_have_a_lowest_price(self):
        one = make_showtime("RRR")
        many = Showtime(
            movie=one.movie, screen=one.screen, start_time=one.start_time, price="100.00", available_seats=3
        )
        Showtime.objects.bulk_create([many])

        self.assertEqual(Showtime.objects.get(pk=many.pk).from_price, Decimal("175.00"))
        self.assertContains(self.client.get("/movies/"), "from ₹124")


class InTheCurrencysOwnUnit(TestCase):
    """Two decimals for rupees: a seat costs exactly what the showtime's price says."""

    def test_validation_refuses_a_smaller_part(self):
        showtime = make_showtime()
        showtime.price = Decimal("12.345")
        own = SeatPrice(showtime=showtime, seat_class="P", price=Decimal("12.345"))

        for row in (showtime, own):
            with self.subTest(type(row).__name__), self.assertRaises(ValidationError) as caught:
                row.full_clean()
            self.assertEqual(
                caught.exception.message_dict,
                {"price": ["Ensure that there are no more than 2 decimal places."]},
            )

    def test_what_is_saved_without_asking_is_rounded_half_up_before_any_seat_is_sold(self):
        showtime = make_showtime("SP", price="12.345")
        self.assertEqual(showtime.class_prices["S"], Decimal("12.35"))

        showtime = Showtime.objects.get()

        self.assertEqual((showtime.price, showtime.lowest_price), (Decimal("12.35"), Decimal("12.35")))
        self.assertEqual(showtime.class_prices["S"], showtime.price)

    def test_a_price_may_be_a_float_or_a_sum_that_the_database_makes(self):
        showtime = make_showtime("P", price=99.99)
        Showtime.objects.update(price=F("price") + 1)

        showtime.refresh_from_db()

        self.assertEqual((showtime.price, showtime.lowest_price), (Decimal("100.99"), Decimal("125.00")))

    def test_a_form_steps_by_the_currencys_unit(self):
        for currency, step in (("INR", "0.01"), ("JPY", "1"), ("KWD", "0.01")):
            with self.subTest(currency), override_settings(CURRENCY=currency):
                self.assertEqual(PriceField().formfield().widget.attrs["step"], step)

    def test_whatever_the_currency_the_column_has_room_for_three_decimals(self):
        for currency in ("INR", "JPY", "KWD"):
            with self.subTest(currency), override_settings(CURRENCY=currency):
                self.assertEqual(PriceField().deconstruct()[3], {"max_digits": 12, "decimal_places": 3})

    def test_the_admin_prints_it_as_people_write_it(self):
        showtime = make_showtime(price="140")
        self.client.force_login(make_user(is_staff=True, is_superuser=True))

        listed = self.client.get(reverse("admin:theaters_showtime_changelist"))
        on_the_screens_page = self.client.get(
            reverse("admin:theaters_screen_change", args=[showtime.screen_id])
        )

        self.assertContains(listed, '<td class="field-price">₹140.00</td>', html=True)
        self.assertContains(on_the_screens_page, "<p>140.00</p>", html=True)
