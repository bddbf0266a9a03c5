from decimal import Decimal

from django.test import SimpleTestCase

from bookings.minor_units import major, minor
from moviebooking.currencies import charge_step, price_unit


class MinorUnitTests(SimpleTestCase):
    """Amounts by Stripe's documented list of currencies and its special cases."""

    CASES = [
        ("495.60", "INR", 49560),
        ("495.60", "inr", 49560),
        ("0.01", "USD", 1),
        ("496", "JPY", 496),
        ("496", "KRW", 496),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("5.25", "HUF", 525),  # charged in hundredths; only payouts are whole
        ("5.25", "TWD", 525),
        ("5", "MGA", 5),
        ("5.25", "LBP", 525),  # the locale data prints it without decimals
        ("9999999.99", "INR", 999999999),
    ]

    def test_amounts_convert_to_minor_units_and_back(self):
        for amount, currency, units in self.CASES:
            with self.subTest(currency, amount=amount):
                self.assertEqual(minor(Decimal(amount), currency), units)
                self.assertEqual(major(units, currency), Decimal(amount))

    def test_trailing_zeros_of_an_amount_do_not_matter(self):
        self.assertEqual(minor(Decimal("495.600"), "INR"), 49560)
        self.assertEqual(minor(Decimal("496.000"), "JPY"), 496)

    def test_an_amount_that_cant_be_charged_exactly_is_never_rounded(self):
        for amount, currency in [("0.001", "INR"), ("496.5", "JPY"), ("5.125", "KWD"), ("5.5", "ISK")]:
            with self.subTest(currency), self.assertRaises(ValueError):
                minor(Decimal(amount), currency)

    def test_charge_step_is_the_smallest_difference_between_two_charges(self):
        steps = {"INR": "0.01", "JPY": "1", "KWD": "0.01", "ISK": "1", "UGX": "1"}

        self.assertEqual({name: str(charge_step(name)) for name in steps}, steps)

    def test_price_unit_is_an_amount_that_can_be_both_printed_and_charged(self):
        units = {"INR": "0.01", "JPY": "1", "KWD": "0.01", "ISK": "1", "UGX": "1", "LBP": "1"}

        self.assertEqual({name: str(price_unit(name)) for name in units}, units)
