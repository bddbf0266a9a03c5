from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from bookings import choosing
from theaters.layout import parse


def free_in(layout, but=""):
    return set(layout.seats) - set(but.split())


class BestSeatsTests(SimpleTestCase):
    def best(self, text, count, taken="", **options):
        layout = parse(text)
        return choosing.best(layout, free_in(layout, taken), count, **options)

    def test_an_empty_hall_gives_the_middle_two_thirds_back(self):
        self.assertEqual(self.best("\n".join(["SSSSSS"] * 7), 2), ["E3", "E4"])

    def test_it_sits_a_party_together_before_it_sits_them_in_the_middle(self):
        self.assertEqual(self.best("SSSS\nSSSS\nSSSS", 3, taken="C2 C3 B2 B3"), ["A1", "A2", "A3"])

    def test_it_does_not_leave_a_lone_seat_where_that_can_be_avoided(self):
        self.assertEqual(self.best("SSSSS", 2, taken=""), ["A1", "A2"])
        self.assertEqual(self.best("SSS", 2), ["A1", "A2"])

    def test_an_aisle_parts_a_run(self):
        self.assertEqual(self.best("SS_SS", 2), ["A1", "A2"])
        self.assertEqual(sorted(self.best("SS_SS", 3)), ["A1", "A2", "A3"])

    def test_one_class_may_be_asked_for(self):
        self.assertEqual(self.best("SSSS\nPPPP", 2, code="S")[0][0], "A")
        self.assertEqual(self.best("SSSS\nPPPP", 5, code="P"), [])

    def test_wheelchair_places_are_given_only_to_who_asks_for_them_and_with_the_companions_seat(self):
        self.assertEqual(self.best("WCSS", 2), ["A3", "A4"])
        self.assertEqual(self.best("SSWC", 2, code="W"), ["A3", "A4"])
        self.assertEqual(self.best("WCWC", 2, taken="A1", code="W"), ["A2", "A3"])
        self.assertEqual(self.best("WC", 1, code="W"), ["A1"])
        self.assertEqual(self.best("WC", 2, taken="A2", code="W"), [])

    def test_a_full_hall_has_none(self):
        self.assertEqual(self.best("SS", 1, taken="A1 A2"), [])
        self.assertEqual(self.best("SS", 3), [])

    @given(st.data())
    def test_it_gives_as_many_free_seats_as_were_asked_for_or_none(self, data):
        rows = data.draw(st.lists(st.text("SSSP_W", min_size=1, max_size=9), min_size=1, max_size=5))
        if not any(set(row) - {"_"} for row in rows):
            return
        layout = parse("\n".join(rows))
        free = data.draw(st.sets(st.sampled_from(sorted(layout.seats))))
        count = data.draw(st.integers(1, 6))

        found = choosing.best(layout, free, count)

        usable = [label for label in free if layout.seats[label].code != "W"]
        self.assertEqual(len(found), count if len(usable) >= count else 0)
        self.assertEqual(len(set(found)), len(found))
        self.assertLessEqual(set(found), set(usable))


class LoneSeatTests(SimpleTestCase):
    def judge(self, text, chosen, taken=""):
        layout = parse(text)
        lone = choosing.judge(layout, free_in(layout, taken), set(chosen.split()))
        return lone and (lone.left, lone.instead)

    def test_a_choice_that_leaves_nobody_alone_is_fine(self):
        for chosen in ("A1 A2", "A3 A4", "A1 A2 A3 A4"):
            self.assertIsNone(self.judge("SSSS", chosen))

    def test_a_seat_between_two_of_them_or_at_the_end_is_alone(self):
        self.assertEqual(self.judge("SSSS", "A2 A3"), (["A1", "A4"], ["A1", "A2"]))
        self.assertEqual(self.judge("SSSSS", "A1 A3"), (["A2"], ["A1", "A2"]))

    def test_a_seat_that_was_alone_before_is_nobodys_fault(self):
        self.assertIsNone(self.judge("SSSSSS", "A4 A5 A6", taken="A2"))

    def test_a_seat_that_was_alone_before_does_not_switch_the_rule_off_for_its_row(self):
        self.assertEqual(self.judge("SSSSSS", "A4 A5", taken="A2"), (["A3", "A6"], ["A3", "A4"]))

    def test_where_every_equal_choice_leaves_one_it_is_let_pass(self):
        self.assertIsNone(self.judge("SSS", "A1 A2"))
        self.assertIsNone(self.judge("SSSSS", "A1 A2", taken="A4 A5"))

    def test_instead_is_the_nearest_of_the_same_class(self):
        self.assertEqual(self.judge("SSSSSSSS", "A6 A7"), (["A8"], ["A5", "A6"]))
        self.assertEqual(self.judge("SSSPPPPP", "A2 A3"), (["A1"], ["A1", "A2"]))

    def test_an_aisle_is_no_neighbour(self):
        self.assertIsNone(self.judge("SS_SSSS", "A1 A2"))
        self.assertEqual(self.judge("SSSS_SS", "A2 A3"), (["A1", "A4"], ["A1", "A2"]))

    def test_each_row_is_judged_by_itself(self):
        self.assertEqual(self.judge("SSSS\nSSSS", "A1 A2 B2 B3"), (["B1", "B4"], ["A1", "A2", "B1", "B2"]))

    def test_a_wheelchair_place_is_never_the_lone_seat(self):
        self.assertIsNone(self.judge("WSS", "A2 A3"))

    @given(st.data())
    def test_what_it_offers_instead_is_as_many_free_seats_that_it_would_itself_let_pass(self, data):
        layout = parse(
            data.draw(st.text("SSSSP_", min_size=2, max_size=14).filter(lambda row: set(row) - {"_"}))
        )
        free = data.draw(st.sets(st.sampled_from(sorted(layout.seats)), min_size=1))
        chosen = data.draw(st.sets(st.sampled_from(sorted(free)), min_size=1))

        lone = choosing.judge(layout, free, chosen)

        if lone:
            self.assertEqual(len(lone.instead), len(chosen))
            self.assertLessEqual(set(lone.instead), free)
            self.assertIsNone(choosing.judge(layout, free, set(lone.instead)))


class CompanionTests(SimpleTestCase):
    def test_a_companions_seat_goes_with_the_place_beside_it(self):
        layout = parse("WCSCW")

        self.assertEqual(choosing.companions_alone(layout, {"A1", "A2"}), [])
        self.assertEqual(choosing.companions_alone(layout, {"A4", "A5"}), [])
        self.assertEqual(choosing.companions_alone(layout, {"A2", "A3", "A5"}), ["A2"])
        self.assertEqual(choosing.companions_alone(layout, {"A1", "A3"}), [])
