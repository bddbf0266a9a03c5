from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from bookings.seats import seating_rules
from theaters.layout import parse


def free_in(layout, but=""):
    return set(layout.seats) - set(but.split())


class LoneSeatTests(SimpleTestCase):
    def judge(self, text, chosen, taken=""):
        layout = parse(text)
        lone = seating_rules.check_lone_seats(layout, free_in(layout, taken), set(chosen.split()))
        return lone and (lone.left, lone.instead)

    def test_a_selection_that_leaves_no_lone_seat_is_accepted(self):
        for chosen in ("A1 A2", "A3 A4", "A1 A2 A3 A4"):
            self.assertIsNone(self.judge("SSSS", chosen))

    def test_a_seat_between_taken_ones_or_at_the_end_of_a_row_is_lone(self):
        self.assertEqual(self.judge("SSSS", "A2 A3"), (["A1", "A4"], ["A1", "A2"]))
        self.assertEqual(self.judge("SSSSS", "A1 A3"), (["A2"], ["A1", "A2"]))

    def test_a_seat_that_was_lone_before_is_ignored(self):
        self.assertIsNone(self.judge("SSSSSS", "A4 A5 A6", taken="A2"))

    def test_a_seat_that_was_alone_before_does_not_switch_the_rule_off_for_its_row(self):
        self.assertEqual(self.judge("SSSSSS", "A4 A5", taken="A2"), (["A3", "A6"], ["A3", "A4"]))

    def test_a_selection_is_accepted_if_every_alternative_leaves_a_lone_seat(self):
        self.assertIsNone(self.judge("SSS", "A1 A2"))
        self.assertIsNone(self.judge("SSSSS", "A1 A2", taken="A4 A5"))

    def test_the_alternative_is_the_nearest_of_the_same_class(self):
        self.assertEqual(self.judge("SSSSSSSS", "A6 A7"), (["A8"], ["A5", "A6"]))
        self.assertEqual(self.judge("SSSPPPPP", "A2 A3"), (["A1"], ["A1", "A2"]))

    def test_seats_across_an_aisle_are_not_neighbours(self):
        self.assertIsNone(self.judge("SS_SSSS", "A1 A2"))
        self.assertEqual(self.judge("SSSS_SS", "A2 A3"), (["A1", "A4"], ["A1", "A2"]))

    def test_each_row_is_checked_by_itself(self):
        self.assertEqual(self.judge("SSSS\nSSSS", "A1 A2 B2 B3"), (["B1", "B4"], ["A1", "A2", "B1", "B2"]))

    def test_a_wheelchair_place_is_never_the_lone_seat(self):
        self.assertIsNone(self.judge("WSS", "A2 A3"))

    def test_a_wheelchair_place_is_not_a_neighbour(self):
        self.assertEqual(self.judge("WSSSS", "A3 A4"), (["A2", "A5"], ["A2", "A3"]))

    @given(st.data())
    def test_the_alternative_is_as_many_free_seats_that_pass_the_rule(self, data):
        layout = parse(
            data.draw(st.text("SSSSP_", min_size=2, max_size=14).filter(lambda row: set(row) - {"_"}))
        )
        free = data.draw(st.sets(st.sampled_from(sorted(layout.seats)), min_size=1))
        chosen = data.draw(st.sets(st.sampled_from(sorted(free)), min_size=1))

        lone = seating_rules.check_lone_seats(layout, free, chosen)

        if lone:
            self.assertEqual(len(lone.instead), len(chosen))
            self.assertLessEqual(set(lone.instead), free)
            self.assertIsNone(seating_rules.check_lone_seats(layout, free, set(lone.instead)))


class CompanionTests(SimpleTestCase):
    def test_a_companion_seat_needs_the_wheelchair_place_beside_it(self):
        layout = parse("WCSCW")

        self.assertEqual(seating_rules.companions_alone(layout, {"A1", "A2"}), [])
        self.assertEqual(seating_rules.companions_alone(layout, {"A4", "A5"}), [])
        self.assertEqual(seating_rules.companions_alone(layout, {"A2", "A3", "A5"}), ["A2"])
        self.assertEqual(seating_rules.companions_alone(layout, {"A1", "A3"}), [])
