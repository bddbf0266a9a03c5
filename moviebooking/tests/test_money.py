from decimal import Decimal

from django.test import SimpleTestCase, override_settings

from moviebooking.money import fee_and_tax
from moviebooking.templatetags.formats import all_in

PAISA, YEN = Decimal("0.01"), Decimal("1")


def priced(amount, *, fee="5", tax="18", unit=PAISA):
    return fee_and_tax(Decimal(amount), fee_percent=Decimal(fee), tax_percent=Decimal(tax), unit=unit)


class FeeAndTaxTests(SimpleTestCase):
    def test_two_seats_at_200_cost_20_of_fee_and_75_60_of_tax(self):
        self.assertEqual(priced("400.00"), (Decimal("20.00"), Decimal("75.60")))

    def test_a_half_paisa_is_rounded_up_where_half_even_would_round_down(self):
        self.assertEqual(priced("0.50"), (Decimal("0.03"), Decimal("0.10")))

    def test_the_tax_is_on_the_rounded_fee(self):
        self.assertEqual(priced("0.10", fee="5", tax="100"), (Decimal("0.01"), Decimal("0.11")))

    def test_a_currency_without_decimals_is_rounded_to_whole_units(self):
        self.assertEqual(priced("1050", unit=YEN), (Decimal("53"), Decimal("199")))

    def test_zero_percent_adds_nothing(self):
        self.assertEqual(priced("400.00", fee="0", tax="0"), (Decimal("0.00"), Decimal("0.00")))


@override_settings(CONVENIENCE_FEE_PERCENT=Decimal(5), TAX_PERCENT=Decimal(18), CURRENCY="INR")
class AllInTests(SimpleTestCase):
    def test_the_total_is_seats_plus_fee_and_tax(self):
        self.assertEqual(all_in(Decimal("200.00")), Decimal("247.80"))

    def test_the_total_accepts_a_price_as_text(self):
        self.assertEqual(all_in("200.00"), Decimal("247.80"))

    def test_without_a_price_nothing_is_rendered(self):
        self.assertEqual([all_in(None), all_in("")], ["", ""])
