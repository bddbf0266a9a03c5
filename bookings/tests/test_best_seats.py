"""Recommended seats: examples, the same result as a brute-force search, and bounded work."""

import sys

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from bookings.seats import best_seats
from bookings.seats.seating_rules import lone_seats, runs_of
from theaters.layout import LONGEST_ROW, MOST_ROWS, STEP_FREE, parse

from .test_seating_rules import free_in

MOST_LINES = 60  # of Python that a search may run for each place of the layout


class BestSeatsTests(SimpleTestCase):
    def best(self, text, count, taken="", **options):
        layout = parse(text)
        return best_seats.find(layout, free_in(layout, taken), count, **options)

    def test_an_empty_screen_recommends_the_middle_two_thirds_back(self):
        self.assertEqual(self.best("\n".join(["SSSSSS"] * 7), 2), ["E3", "E4"])

    def test_sitting_together_matters_more_than_sitting_in_the_middle(self):
        self.assertEqual(self.best("SSSS\nSSSS\nSSSS", 3, taken="C2 C3 B2 B3"), ["A1", "A2", "A3"])

    def test_a_lone_seat_is_avoided_if_possible(self):
        self.assertEqual(self.best("SSSSS", 2, taken=""), ["A1", "A2"])
        self.assertEqual(self.best("SSS", 2), ["A1", "A2"])

    def test_seats_across_an_aisle_are_not_together(self):
        self.assertEqual(self.best("SS_SS", 2), ["A1", "A2"])
        self.assertEqual(sorted(self.best("SS_SS", 3)), ["A1", "A2", "A3"])

    def test_one_seat_class_can_be_requested(self):
        self.assertEqual(self.best("SSSS\nPPPP", 2, code="S")[0][0], "A")
        self.assertEqual(self.best("SSSS\nPPPP", 5, code="P"), [])

    def test_wheelchair_places_are_recommended_only_on_request_and_with_the_companion_seat(self):
        self.assertEqual(self.best("WCSS", 2), ["A3", "A4"])
        self.assertEqual(self.best("SSWC", 2, code="W"), ["A3", "A4"])
        self.assertEqual(self.best("WCWC", 2, taken="A1", code="W"), ["A2", "A3"])
        self.assertEqual(self.best("WC", 1, code="W"), ["A1"])
        self.assertEqual(self.best("WC", 2, taken="A2", code="W"), [])

    def test_a_full_screen_has_no_recommendation(self):
        self.assertEqual(self.best("SS", 1, taken="A1 A2"), [])
        self.assertEqual(self.best("SS", 3), [])

    @given(st.data())
    def test_it_recommends_as_many_free_seats_as_requested_or_none(self, data):
        rows = data.draw(st.lists(st.text("SSSP_W", min_size=1, max_size=9), min_size=1, max_size=5))
        if not any(set(row) - {"_"} for row in rows):
            return
        layout = parse("\n".join(rows))
        free = data.draw(st.sets(st.sampled_from(sorted(layout.seats))))
        count = data.draw(st.integers(1, 6))

        found = best_seats.find(layout, free, count)

        usable = [label for label in free if layout.seats[label].code != "W"]
        self.assertEqual(len(found), count if len(usable) >= count else 0)
        self.assertEqual(len(set(found)), len(found))
        self.assertLessEqual(set(found), set(usable))

    def test_a_party_that_must_be_split_sits_in_few_parts_near_one_another(self):
        self.assertEqual(self.best("SSSS\nSS_S\nSSSS", 4, taken="A1 A4 C1 C2"), ["B1", "B2", "A2", "A3"])
        self.assertEqual(self.best("SSS\nSSS\nSSS", 3, taken="A2 B1 B2 C2"), ["B3", "A3", "A1"])


class BruteForceComparisonTests(SimpleTestCase):
    """Compare with a brute-force search that weighs every window."""

    @given(st.data())
    def test_any_small_layout_gets_the_seats_of_the_plain_rule(self, data):
        rows = data.draw(st.lists(st.text("SSSPR_WC", min_size=1, max_size=9), min_size=1, max_size=6))
        if not any(set(row) - {"_"} for row in rows):
            return
        layout = parse("\n".join(rows))
        taken = data.draw(st.sets(st.sampled_from(sorted(layout.seats))))
        free, count = set(layout.seats) - taken, data.draw(st.integers(1, 10))
        code = data.draw(st.sampled_from([None, "S", "P", "R"]))

        found = best_seats.find(layout, free, count, code=code)

        self.assertEqual(found, plainly_best(layout, free, count, code))


class SearchWorkTests(SimpleTestCase):
    def test_the_largest_layout_is_searched_with_bounded_work_however_full(self):
        rows = {
            "one class": "S" * LONGEST_ROW,
            "mixed": "SPR" * (LONGEST_ROW // 3),
            "aisles": "SS_" * (LONGEST_ROW // 3),
        }
        for name, row in rows.items():
            layout = parse("\n".join([row] * MOST_ROWS))
            labels = list(layout.seats)
            for step in (1, 2, 3, 11, 61):
                free_seats = {"nth free": labels[::step], "nth taken": set(labels) - set(labels[1::step])}
                for fullness, free in free_seats.items():
                    for count in (1, 2, 10):
                        with self.subTest(name, fullness=fullness, step=step, count=count):
                            lines = lines_run(best_seats.find, layout, set(free), count)
                            self.assertLess(lines, MOST_LINES * LONGEST_ROW * MOST_ROWS)


def lines_run(call, *args):
    """Return how many lines of Python the call runs, each pass of a loop counted."""
    lines = 0

    def count(frame, event, arg):
        nonlocal lines
        lines += event == "line"
        return count

    tracer = sys.gettrace()  # that of coverage
    sys.settrace(count)
    try:
        call(*args)
    finally:
        sys.settrace(tracer)
    return lines


def plainly_best(layout, free, count, code):
    wanted = {label for label in free if layout.seats[label].code not in STEP_FREE}
    wanted = {label for label in wanted if code in (None, layout.seats[label].code)}
    if len(wanted) < count:
        return []
    near, taken = ((len(layout.rows) - 1) * best_seats.DEPTH, (layout.width - 1) / 2), []
    while len(taken) < count:
        windows = []
        for size in range(count - len(taken), 0, -1):
            windows = windows or list(every_window(layout.rows, wanted, size))
        row, window = min(windows, key=lambda one: plain_cost(layout.rows, free, near, *one))
        taken += [seat.label for seat in window]
        wanted = free = wanted - set(taken)
        near = row, middle_of(window)
    return taken


def every_window(rows, wanted, size):
    for row, places in enumerate(rows):
        for run in runs_of([places]):
            for at in range(len(run) - size + 1):
                if all(seat.label in wanted for seat in run[at : at + size]):
                    yield row, run[at : at + size]


def plain_cost(rows, free, near, row, window):
    alone = len(lone_seats([rows[row]], free, {seat.label for seat in window}))
    mixed = len({seat.code for seat in window}) - 1
    away = best_seats.ROW_WEIGHT * abs(row - near[0]) + abs(middle_of(window) - near[1])
    return away + best_seats.PENALTY * (alone + mixed)


def middle_of(window):
    return (window[0].column + window[-1].column) / 2
