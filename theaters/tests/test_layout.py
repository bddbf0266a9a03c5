import subprocess
import sys
from decimal import Decimal
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from theaters.layout import (
    LONGEST_ROW,
    MOST_ROWS,
    SEAT_CLASSES,
    LayoutError,
    default_price,
    parse,
    row_letters,
)

PLACE_CHARACTERS = "".join(SEAT_CLASSES) + "_"
layout_rows = st.lists(st.text(PLACE_CHARACTERS, min_size=1, max_size=12), min_size=1, max_size=30)
layouts = layout_rows.filter(lambda rows: any(row.strip("_") for row in rows))


def layout_error(text):
    """Return (line, column, message) of the LayoutError that the text raises."""
    try:
        parse(text)
    except LayoutError as error:
        return error.line, error.column, str(error)
    raise AssertionError("the layout was accepted")


class ParseTests(TestCase):
    def test_seats_number_from_one_in_each_row_and_gaps_take_no_number(self):
        self.assertEqual(list(parse("SS_S\n_PW").seats), ["A1", "A2", "A3", "B1", "B2"])

    def test_a_gap_moves_the_seats_after_it_to_the_right(self):
        self.assertEqual([seat.column for seat in parse("S__S").seats.values()], [0, 3])

    def test_a_row_without_seats_still_takes_a_letter(self):
        self.assertEqual(list(parse("S\n_\nS").seats), ["A1", "C1"])

    def test_rows_past_the_alphabet_have_two_letters(self):
        layout = parse("\n".join(["S"] * 28))
        self.assertEqual(list(layout.seats)[-3:], ["Z1", "AA1", "AB1"])

    def test_row_letters_continue_as_in_a_spreadsheet(self):
        self.assertEqual(
            [row_letters(index) for index in (0, 25, 26, 51, 52, 701, 702)],
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"],
        )

    def test_seats_are_counted_by_class_in_the_order_of_the_price_list(self):
        layout = parse("WCSS\nPPPP\nRR")
        self.assertEqual(layout.counts, {"S": 2, "P": 4, "R": 2, "W": 1, "C": 1})
        self.assertEqual(layout.codes, ["S", "P", "R", "W", "C"])
        self.assertEqual((layout.capacity, layout.width), (10, 4))

    def test_every_line_ending_and_trailing_whitespace_are_accepted(self):
        expected = parse("SS\nSS")
        for text in ("SS\r\nSS\r\n", "SS\rSS", "SS  \nSS\n\n  \n"):
            self.assertEqual(parse(text), expected)


class InvalidLayoutTests(TestCase):
    def test_an_unknown_character_is_reported_with_line_and_column(self):
        self.assertEqual(
            layout_error("SSS\nSSxS"),
            (2, 3, "Line 2, column 3: “x” isn’t a known seat; use S, P, R, W, C, _"),
        )

    def test_lowercase_letters_are_refused(self):
        self.assertEqual(layout_error("ssS")[:2], (1, 1))

    def test_a_space_inside_a_row_is_refused(self):
        self.assertEqual(layout_error("SS SS")[:2], (1, 3))

    def test_an_empty_line_between_rows_is_refused(self):
        self.assertEqual(
            layout_error("SS\n\nSS"),
            (2, 1, "Line 2, column 1: an empty line; write _ for a row without seats"),
        )

    def test_a_layout_without_seats_is_refused(self):
        for text in ("", "\n \n", "___\n__"):
            self.assertEqual(layout_error(text), (1, 1, "Line 1, column 1: the layout has no seats"))

    def test_a_row_of_the_greatest_length_is_accepted_and_a_longer_one_is_refused(self):
        self.assertEqual(parse("S" * LONGEST_ROW).capacity, LONGEST_ROW)
        self.assertEqual(layout_error("S\n" + "S" * (LONGEST_ROW + 1))[:2], (2, LONGEST_ROW + 1))

    def test_the_greatest_number_of_rows_is_accepted_and_one_more_is_refused(self):
        self.assertEqual(parse("\n".join("S" * MOST_ROWS)).capacity, MOST_ROWS)
        self.assertEqual(layout_error("\n".join("S" * (MOST_ROWS + 1)))[:2], (MOST_ROWS + 1, 1))


class LayoutPropertyTests(TestCase):
    @given(layouts)
    def test_every_character_except_a_gap_is_one_seat(self, rows):
        layout = parse("\n".join(rows))
        self.assertEqual(layout.capacity, sum(len(row) - row.count("_") for row in rows))
        self.assertEqual(sum(layout.counts.values()), layout.capacity)

    @given(layouts)
    def test_the_text_can_be_written_again_from_the_parsed_layout(self, rows):
        layout = parse("\n".join(rows))
        written = ["".join(seat.code if seat else "_" for seat in row) for row in layout.rows]
        self.assertEqual(written, rows)

    @given(layouts)
    def test_an_unchanged_layout_loses_no_seat(self, rows):
        layout = parse("\n".join(rows))
        self.assertEqual(layout.lost_in(layout, set(layout.seats)), [])

    @given(layouts, st.data())
    def test_an_unknown_character_is_reported_where_it_is(self, rows, data):
        line = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[line]) - 1))
        stray = data.draw(st.sampled_from("xs?9é座"))
        rows = [*rows[:line], rows[line][:column] + stray + rows[line][column + 1 :], *rows[line + 1 :]]
        self.assertEqual(layout_error("\n".join(rows))[:2], (line + 1, column + 1))

    @given(st.text(max_size=200))
    def test_any_text_is_parsed_or_refused_with_line_and_column(self, text):
        try:
            self.assertGreater(parse(text).capacity, 0)
        except LayoutError as error:
            self.assertGreaterEqual(min(error.line, error.column), 1)


class LostSeatsTests(TestCase):
    def lost_seats(self, old, new, *labels):
        return parse(old).lost_in(parse(new), set(labels))

    def test_a_seat_whose_label_disappears_is_lost(self):
        self.assertEqual(self.lost_seats("SSS\nSS", "SS\nSS", "A3", "B1"), ["A3"])

    def test_a_seat_that_was_not_asked_about_is_not_reported(self):
        self.assertEqual(self.lost_seats("SSS", "S", "A1"), [])

    def test_moving_an_aisle_loses_no_seat(self):
        self.assertEqual(self.lost_seats("SSSS", "SS_SS", "A1", "A2", "A3", "A4"), [])

    def test_a_seat_is_lost_if_its_class_gets_worse_and_not_if_it_gets_better(self):
        self.assertEqual(self.lost_seats("SP", "RS", "A1", "A2"), ["A2"])

    def test_no_other_class_replaces_a_wheelchair_place_or_a_companion_seat(self):
        self.assertEqual(self.lost_seats("WCS", "SRW", "A1", "A2", "A3"), ["A1", "A2", "A3"])

    def test_without_a_known_promised_class_any_existing_seat_is_good_enough(self):
        layout = parse("SP")

        for promised in (None, "A class of long ago"):
            self.assertEqual(
                [layout.offers(seat, promised) for seat in ("A1", "A2", "A3")], [True, True, False]
            )


class DefaultPriceTests(TestCase):
    def test_the_standard_seat_and_step_free_places_cost_the_showtimes_price(self):
        self.assertEqual([default_price(Decimal("199.50"), code) for code in "SWC"], [Decimal("199.50")] * 3)

    def test_better_seats_cost_a_multiple_rounded_to_whole_units(self):
        prices = [str(default_price(Decimal("210.50"), code)) for code in "PR"]
        self.assertEqual(prices, ["263.00", "368.00"])

    @given(st.decimals("0.01", "99999", places=2), st.sampled_from("PR"))
    def test_a_better_seat_is_never_cheaper_than_a_standard_one(self, standard, code):
        self.assertGreaterEqual(default_price(standard, code), standard)


class ImportTests(TestCase):
    def test_the_layout_module_imports_nothing_of_django(self):
        code = (
            "import sys, theaters.layout; print([name for name in sys.modules if name.startswith('django')])"
        )
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(found.stdout.strip(), "[]")
