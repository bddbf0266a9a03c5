from moviebooking.testing import make_screen, make_showtime, make_theater, make_user

from .support.steps import BookingTestCase, book, buy, hold, hold_json, seats_held_by, url


class LoneSeatRuleTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        strict = make_screen("SSSSSS", theater=make_theater(no_lone_seats=True))
        cls.strict, cls.easy = make_showtime(screen=strict), make_showtime("SSSSSS")
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def test_a_theater_with_the_rule_refuses_a_lone_seat_and_offers_an_alternative(self):
        response = hold_json(self.client, self.strict, ["A2", "A3"])

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.json(), {"error": "lone_seat", "seats": ["A1"], "instead": ["A1", "A2"]})
        self.assertEqual(seats_held_by(self.ann, self.strict), [])
        self.assertEqual(hold_json(self.client, self.strict, ["A1", "A2"]).status_code, 200)

    def test_the_rule_is_off_by_default(self):
        self.assertEqual(hold_json(self.client, self.easy, ["A2", "A3"]).status_code, 200)

    def test_the_form_explains_the_rule_and_links_to_the_alternative(self):
        response = self.client.post(url("hold", self.strict), {"seats": ["A2", "A3"]})

        self.assertContains(response, "That leaves A1 on its own.", status_code=409)
        self.assertContains(response, 'name="seats" value="A1"', status_code=409)
        self.assertEqual(response.context["ticked"], ["A2", "A3"])

    def test_seats_that_others_hold_or_bought_count_as_taken(self):
        buy(self.bob, self.strict, ["A1", "A2"])
        hold(self.bob, self.strict, ["A5", "A6"])

        self.assertEqual(hold_json(self.client, self.strict, ["A3"]).status_code, 200)

    def test_the_visitors_own_held_seats_count_as_free(self):
        hold(self.ann, self.strict, ["A1", "A2"])

        self.assertEqual(hold_json(self.client, self.strict, ["A1", "A3"]).json()["seats"], ["A2"])

    def test_a_held_selection_is_not_checked_again_at_booking(self):
        hold(self.ann, self.strict, ["A1", "A2"])
        hold(self.bob, self.strict, ["A5", "A6"])
        hold_json(self.client, self.strict, ["A1", "A2"])

        response = self.client.post(url("create_booking", self.strict), {"seat_ids": ["A1", "A2"]})

        self.assertEqual(response.status_code, 302)

    def test_a_taken_seat_is_reported_before_a_lone_one(self):
        hold(self.bob, self.strict, ["A3", "A4"])

        self.assertEqual(
            hold_json(self.client, self.strict, ["A2", "A3"]).json()["error"], "seats_unavailable"
        )


class CompanionSeatTests(BookingTestCase):
    def test_a_companion_seat_is_only_held_with_the_wheelchair_place_beside_it(self):
        showtime = make_showtime("WCSS")
        self.client.force_login(make_user())

        self.assertEqual(
            hold_json(self.client, showtime, ["A2"]).json(), {"error": "seats_unavailable", "seats": ["A2"]}
        )
        self.assertEqual(hold_json(self.client, showtime, ["A1", "A2"]).status_code, 200)


class BestSeatsPageTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("\n".join(["SSSSSS"] * 4 + ["PPPPPP"] * 3))
        cls.bob = make_user()

    def ticked(self, query):
        response = self.client.get(url("seat_map", self.showtime) + query)
        self.assertEqual(response.status_code, 200)
        return response.context["ticked"]

    def test_the_page_selects_the_best_free_seats_together(self):
        self.assertEqual(self.ticked("?best=2"), ["E3", "E4"])
        self.assertEqual(self.ticked("?best=2&class=S"), ["D3", "D4"])
        book(self.bob, self.showtime, ["E3", "E4"])
        self.assertNotEqual(self.ticked("?best=2"), ["E3", "E4"])

    def test_the_page_says_if_there_are_not_enough_seats(self):
        full = make_showtime("SS")

        response = self.client.get(url("seat_map", full) + "?best=3")

        self.assertContains(response, "find 3 such seats. Try fewer")

    def test_invalid_requests_select_nothing(self):
        for query in ("?best=0", "?best=-1", "?best=999999", "?best=two", "?best=²", "?best=2&class=Z"):
            self.assertEqual(self.ticked(query), [])
