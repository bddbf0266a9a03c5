from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.test import SimpleTestCase, override_settings
from hypothesis import given
from hypothesis import strategies as st

from bookings import pricing
from bookings.models import Booking
from bookings.seats.showtime_snapshot import ShowtimeSnapshot
from moviebooking.currencies import price_unit
from moviebooking.templatetags.formats import all_in
from theaters.layout import parse

PAISA, YEN, FILS = Decimal("0.01"), Decimal(1), Decimal("0.001")
units = st.sampled_from([PAISA, YEN, FILS])
amounts = st.decimals(min_value=0, max_value=100_000, places=3)
percents = st.decimals(min_value=0, max_value=100, places=2)


def priced(*prices, name="Standard"):
    """Return (label, class name, price) triples for A1, A2, …"""
    return [(f"A{number}", name, price) for number, price in enumerate(prices, start=1)]


def quote(seats, *, fee=5, tax=18, currency="INR", unit=PAISA):
    return pricing.quote(
        seats, fee_percent=Decimal(fee), tax_percent=Decimal(tax), currency=currency, unit=unit
    )


def figures(made):
    return [str(amount) for amount in (made.seats, made.fee, made.tax, made.total)]


class QuoteTests(SimpleTestCase):
    def test_a_quote_has_the_published_figures(self):
        self.assertEqual(figures(quote(priced("200.00", "200.00"))), ["400.00", "20.00", "75.60", "495.60"])

    def test_halves_are_rounded_up_once_for_each_amount(self):
        cases = {
            "fee of 0.005": (priced("0.10"), 5, 0, ["0.10", "0.01", "0.00", "0.11"]),
            "fee just under it": (priced("0.09"), 5, 0, ["0.09", "0.00", "0.00", "0.09"]),
            "tax of 0.005 on seats and fee": (priced("0.50"), 0, 1, ["0.50", "0.00", "0.01", "0.51"]),
            "the fee is rounded before it is taxed": (
                priced("0.30"),
                5,
                50,
                ["0.30", "0.02", "0.16", "0.48"],
            ),
            "of the sum, not of each seat": (priced("0.09", "0.09"), 5, 0, ["0.18", "0.01", "0.00", "0.19"]),
        }
        for name, (seats, fee, tax, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(figures(quote(seats, fee=fee, tax=tax)), expected)

    def test_a_currency_without_decimals(self):
        made = quote(priced("1850", "1850"), currency="JPY", unit=YEN)

        self.assertEqual(figures(made), ["3700", "185", "699", "4584"])

    def test_a_currency_with_three_decimals(self):
        made = quote(priced("4.125"), currency="KWD", unit=FILS)

        self.assertEqual(figures(made), ["4.125", "0.206", "0.780", "5.111"])

    def test_dinars_by_the_step_that_a_card_can_be_charged_by(self):
        made = quote(priced("4.12"), currency="KWD", unit=price_unit("KWD"))

        self.assertEqual(figures(made), ["4.12", "0.21", "0.78", "5.11"])

    def test_seats_of_one_class_and_price_are_one_line(self):
        made = quote([*priced("200", "200"), ("B1", "Premium", "250"), ("A3", "Standard", "200")])

        lines = [(line.name, line.labels, line.count, str(line.amount)) for line in made.lines]
        self.assertEqual(
            lines,
            [("Standard", ("A1", "A2", "A3"), 3, "600.00"), ("Premium", ("B1",), 1, "250.00")],
        )

    def test_a_quote_is_restored_from_what_a_booking_stores(self):
        made = quote([*priced("200", "200"), ("B1", "Premium", "250")])

        booking = Booking(
            seats_amount=made.seats,
            fee_amount=made.fee,
            tax_amount=made.tax,
            currency=made.currency,
            quote_lines=made.as_json(),
        )

        self.assertEqual(pricing.quote_of(booking), made)

    def test_a_booking_without_lines_is_restored_from_its_amounts(self):
        made = pricing.quote_of(Booking(seats_amount=Decimal(100), currency="INR"))

        self.assertEqual((made.lines, made.fee_percent, made.tax_percent, made.total), ((), 0, 0, 100))


class QuotePropertyTests(SimpleTestCase):
    @given(prices=st.lists(amounts, min_size=1, max_size=10), fee=percents, tax=percents, unit=units)
    def test_the_parts_are_whole_units_and_add_up(self, prices, fee, tax, unit):
        made = quote(priced(*prices), fee=fee, tax=tax, unit=unit)

        self.assertEqual(made.total, made.seats + made.fee + made.tax)
        self.assertEqual(made.seats, sum(line.amount for line in made.lines))
        self.assertEqual([amount % unit for amount in (made.seats, made.fee, made.tax)], [0, 0, 0])

    @given(prices=st.lists(amounts, min_size=1, max_size=10), fee=percents, tax=percents, unit=units)
    def test_each_part_is_within_half_a_unit_of_the_exact_one_and_never_under_by_a_half(
        self, prices, fee, tax, unit
    ):
        made = quote(priced(*prices), fee=fee, tax=tax, unit=unit)

        for rounded, exact in (
            (made.fee, made.seats * fee / 100),
            (made.tax, (made.seats + made.fee) * tax / 100),
        ):
            self.assertLessEqual(rounded - exact, unit / 2)
            self.assertLess(exact - rounded, unit / 2)

    @given(prices=st.lists(amounts, min_size=1, max_size=10), unit=units)
    def test_the_order_of_the_seats_changes_no_figure(self, prices, unit):
        seats = priced(*prices)

        self.assertEqual(figures(quote(seats, unit=unit)), figures(quote(seats[::-1], unit=unit)))


class RefundAmountTests(SimpleTestCase):
    def refund(self, percent, *, seats="400.00", fee="20.00", tax="75.60", unit=PAISA):
        """Return the refund as text. By default it is for two seats at the published price."""
        made = pricing.refund_amount(
            seats=Decimal(seats), fee=Decimal(fee), tax=Decimal(tax), percent=Decimal(percent), unit=unit
        )
        return str(made)

    def test_the_fee_and_its_tax_are_not_refunded(self):
        self.assertEqual([self.refund(100), self.refund(50), self.refund(0)], ["472.00", "236.00", "0.00"])

    def test_everything_is_refunded_without_fee_and_tax(self):
        self.assertEqual(self.refund(100, fee="0", tax="0"), "400.00")

    def test_refunds_are_whole_yen(self):
        self.assertEqual(self.refund(50, seats="3700", fee="185", tax="699", unit=YEN), "2183")

    def test_the_refund_of_nothing_is_zero(self):
        self.assertEqual(self.refund(100, seats="0", fee="0", tax="0"), "0.00")

    @given(prices=st.lists(amounts, min_size=1, max_size=10), fee=percents, tax=percents, unit=units)
    def test_a_refund_is_never_more_than_was_paid_for_seats_and_tax(self, prices, fee, tax, unit):
        made = quote(priced(*prices), fee=fee, tax=tax, unit=unit)
        back = [
            pricing.refund_amount(
                seats=made.seats, fee=made.fee, tax=made.tax, percent=Decimal(percent), unit=unit
            )
            for percent in (0, 50, 100)
        ]

        self.assertEqual(back, sorted(back))
        self.assertEqual(back[0], 0)
        self.assertLessEqual(back[2], made.seats + made.tax)
        self.assertEqual([amount % unit for amount in back], [0, 0, 0])
        half = (back[2] / 2).quantize(unit, ROUND_HALF_UP)
        self.assertEqual(back[1], half)


class RefundTierTests(SimpleTestCase):
    def test_tiers_are_read_the_earliest_first(self):
        self.assertEqual(pricing.parse_tiers("120:100,20:50"), [[120, 100], [20, 50]])
        self.assertEqual(pricing.parse_tiers(" 20:50 , 120:100 ,"), [[120, 100], [20, 50]])

    def test_no_tiers_are_valid(self):
        self.assertEqual(pricing.parse_tiers(""), [])

    def test_an_invalid_tier_is_named(self):
        for text in ("120", "120:", ":50", "120:101", "-5:50", "a:b", "20:50;10:20", "20:5.5", "1:2:3"):
            with self.subTest(text), self.assertRaisesMessage(ValueError, text):
                pricing.parse_tiers(text)

    def test_the_percentage_changes_exactly_at_the_minute(self):
        tiers = [[120, 100], [20, 50]]
        minutes = [1000, 120, 119.99, 20, 19.99, 0, -5]

        self.assertEqual(
            [pricing.refund_percent_at(tiers, minutes_left=left) for left in minutes],
            [100, 100, 50, 50, 0, 0, 0],
        )

    def test_terms_are_times_before_the_start(self):
        start = datetime(2027, 1, 15, 18, 30, tzinfo=UTC)

        terms = pricing.refund_terms([[120, 100], [20, 50]], start)

        self.assertEqual(
            terms,
            [
                {"percent": 100, "until": datetime(2027, 1, 15, 16, 30, tzinfo=UTC)},
                {"percent": 50, "until": datetime(2027, 1, 15, 18, 10, tzinfo=UTC)},
            ],
        )

    def test_nothing_is_refunded_without_tiers(self):
        self.assertEqual(pricing.refund_percent_at([], minutes_left=10_000), 0)


@override_settings(CONVENIENCE_FEE_PERCENT=Decimal(5), TAX_PERCENT=Decimal(18))
class FinalPriceTests(SimpleTestCase):
    """Lists and the legend of the seat map print `all_in`; a visitor pays the total of a quote."""

    def snapshot(self, price):
        return ShowtimeSnapshot(1, datetime(2026, 11, 28, tzinfo=UTC), parse("S"), {"S": Decimal(price)})

    def test_the_listed_price_of_a_seat_is_what_is_paid_for_it_in_every_currency(self):
        listed = {
            ("INR", "200.00"): "247.80",
            ("INR", "12.35"): "15.30",
            ("JPY", "1850"): "2293",
            ("KWD", "4.12"): "5.11",
            ("KWD", "4.125"): "5.12",
            ("LBP", "850"): "1054",
        }
        for (currency, price), final in listed.items():
            with (
                self.subTest(currency, price=price),
                override_settings(
                    CURRENCY=currency, CONVENIENCE_FEE_PERCENT=Decimal(5), TAX_PERCENT=Decimal(18)
                ),
            ):
                paid = self.snapshot(price).quote(["A1"]).total
                self.assertEqual([str(all_in(price)), str(paid)], [final, final])
