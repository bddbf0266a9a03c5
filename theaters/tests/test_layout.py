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

PLACES = "".join(SEAT_CLASSES) + "_"
rows_of_places = st.lists(st.text(PLACES, min_size=1, max_size=12), min_size=1, max_size=30)
maps = rows_of_places.filter(lambda rows: any(row.strip("_") for row in rows))


def refusal(text):
    """(line, column, the whole sentence) of the LayoutError that the text raises."""
    try:
        parse(text)
    except LayoutError as error:
        return error.line, error.column, str(error)
    raise AssertionError("the map was taken")


class Reading(TestCase):
    def test_seats_number_from_one_in_each_row_and_gaps_take_no_number(self):
        self.assertEqual(list(parse("SS_S\n_PW").seats), ["A1", "A2", "A3", "B1", "B2"])

    def test_a_gap_moves_the_seats_after_it_to_the_right(self):
        self.assertEqual([seat.column for seat in parse("S__S").seats.values()], [0, 3])

    def test_a_row_without_seats_keeps_its_letter(self):
        self.assertEqual(list(parse("S\n_\nS").seats), ["A1", "C1"])

    def test_rows_past_the_alphabet_have_two_letters(self):
        layout = parse("\n".join(["S"] * 28))
        self.assertEqual(list(layout.seats)[-3:], ["Z1", "AA1", "AB1"])

    def test_letters_count_on_as_in_a_spreadsheet(self):
        self.assertEqual(
            [row_letters(index) for index in (0, 25, 26, 51, 52, 701, 702)],
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"],
        )

    def test_it_counts_each_class_in_the_order_of_the_price_list(self):
        layout = parse("WCSS\nPPPP\nRR")
        self.assertEqual(layout.counts, {"S": 2, "P": 4, "R": 2, "W": 1, "C": 1})
        self.assertEqual(layout.codes, ["S", "P", "R", "W", "C"])
        self.assertEqual((layout.capacity, layout.width), (10, 4))

    def test_line_ends_of_every_system_and_an_end_of_blanks_are_taken(self):
        expected = parse("SS\nSS")
        for text in ("SS\r\nSS\r\n", "SS\rSS", "SS  \nSS\n\n  \n"):
            self.assertEqual(parse(text), expected)


class Refusing(TestCase):
    def test_an_unknown_letter_is_named_with_its_place(self):
        self.assertEqual(
            refusal("SSS\nSSxS"),
            (2, 3, "Line 2, column 3: “x” isn’t a known seat; use S, P, R, W, C, _"),
        )

    def test_small_letters_are_unknown(self):
        self.assertEqual(refusal("ssS")[:2], (1, 1))

    def test_a_blank_inside_a_row_is_unknown(self):
        self.assertEqual(refusal("SS SS")[:2], (1, 3))

    def test_an_empty_line_between_rows_is_refused(self):
        self.assertEqual(
            refusal("SS\n\nSS"), (2, 1, "Line 2, column 1: an empty line; write _ for a row without seats")
        )

    def test_a_map_without_a_seat_is_refused(self):
        for text in ("", "\n \n", "___\n__"):
            self.assertEqual(refusal(text), (1, 1, "Line 1, column 1: the layout has no seats"))

    def test_the_longest_row_is_taken_and_one_place_more_is_not(self):
        self.assertEqual(parse("S" * LONGEST_ROW).capacity, LONGEST_ROW)
        self.assertEqual(refusal("S\n" + "S" * (LONGEST_ROW + 1))[:2], (2, LONGEST_ROW + 1))

    def test_the_most_rows_are_taken_and_one_more_is_not(self):
        self.assertEqual(parse("\n".join("S" * MOST_ROWS)).capacity, MOST_ROWS)
        self.assertEqual(refusal("\n".join("S" * (MOST_ROWS + 1)))[:2], (MOST_ROWS + 1, 1))


class AnyMap(TestCase):
    @given(maps)
    def test_each_letter_but_the_gap_is_one_seat(self, rows):
        layout = parse("\n".join(rows))
        self.assertEqual(layout.capacity, sum(len(row) - row.count("_") for row in rows))
        self.assertEqual(sum(layout.counts.values()), layout.capacity)

    @given(maps)
    def test_the_map_can_be_written_again_from_what_was_read(self, rows):
        layout = parse("\n".join(rows))
        written = ["".join(seat.code if seat else "_" for seat in row) for row in layout.rows]
        self.assertEqual(written, rows)

    @given(maps)
    def test_no_change_loses_no_seat(self, rows):
        layout = parse("\n".join(rows))
        self.assertEqual(layout.lost_in(layout, set(layout.seats)), [])

    @given(maps, st.data())
    def test_a_stray_letter_is_found_where_it_is(self, rows, data):
        line = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[line]) - 1))
        stray = data.draw(st.sampled_from("xs?9é座"))
        rows = [*rows[:line], rows[line][:column] + stray + rows[line][column + 1 :], *rows[line + 1 :]]
        self.assertEqual(refusal("\n".join(rows))[:2], (line + 1, column + 1))

    @given(st.text(max_size=200))
    def test_any_text_is_read_or_refused_with_a_place(self, text):
        try:
            self.assertGreater(parse(text).capacity, 0)
        except LayoutError as error:
            self.assertGreaterEqual(min(error.line, error.column), 1)


class Losing(TestCase):
    def lost(self, old, new, *labels):
        return parse(old).lost_in(parse(new), set(labels))

    def test_a_label_that_goes_is_lost(self):
        self.assertEqual(self.lost("SSS\nSS", "SS\nSS", "A3", "B1"), ["A3"])

    def test_what_nobody_asks_for_is_not_lost(self):
        self.assertEqual(self.lost("SSS", "S", "A1"), [])

    def test_an_aisle_that_moves_loses_nothing(self):
        self.assertEqual(self.lost("SSSS", "SS_SS", "A1", "A2", "A3", "A4"), [])

    def test_a_better_seat_is_none_lost_and_a_lesser_one_is(self):
        self.assertEqual(self.lost("SP", "RS", "A1", "A2"), ["A2"])

    def test_nothing_stands_in_for_a_wheelchair_place_or_its_companion(self):
        self.assertEqual(self.lost("WCS", "SRW", "A1", "A2", "A3"), ["A1", "A2", "A3"])

    def test_whom_nothing_certain_was_promised_any_seat_will_do(self):
        layout = parse("SP")

        for promised in (None, "A class of long ago"):
            self.assertEqual(
                [layout.offers(seat, promised) for seat in ("A1", "A2", "A3")], [True, True, False]
            )


class Prices(TestCase):
    def test_the_standard_seat_and_step_free_places_cost_the_showtimes_price(self):
        self.assertEqual([default_price(Decimal("199.50"), code) for code in "SWC"], [Decimal("199.50")] * 3)

    def test_better_seats_cost_a_multiple_in_whole_units(self):
        prices = [str(default_price(Decimal("210.50"), code)) for code in "PR"]
        self.assertEqual(prices, ["263.00", "368.00"])

    @given(st.decimals("0.01", "99999", places=2), st.sampled_from("PR"))
    def test_a_better_seat_is_never_cheaper(self, standard, code):
        self.assertGreaterEqual(default_price(standard, code), standard)


class Floor(TestCase):
    def test_it_imports_nothing_of_django(self):
        code = (
            "import sys, theaters.layout; print([name for name in sys.modules if name.startswith('django')])"
        )
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(found.stdout.strip(), "[]")
