from importlib import import_module

from django.conf import settings
from django.test import TestCase

from bookings.seats import chosen_seats
from moviebooking.testing import make_user


class SeatSelectionTests(TestCase):
    def setUp(self):
        self.client.force_login(make_user())
        self.session = self.client.session

    def stored(self):
        engine = import_module(settings.SESSION_ENGINE)
        return engine.SessionStore(self.session.session_key)

    def test_each_session_and_showtime_has_its_own_selection(self):
        chosen_seats.remember(self.session, 1, ["A1", "A2"])
        chosen_seats.remember(self.session, 2, ["B1"])
        self.client.force_login(make_user())

        self.assertEqual(chosen_seats.remembered(self.stored(), 1), ["A1", "A2"])
        self.assertEqual(chosen_seats.remembered(self.stored(), 2), ["B1"])
        self.assertEqual(chosen_seats.remembered(self.client.session, 1), [])

    def test_a_forgotten_selection_is_empty(self):
        chosen_seats.remember(self.session, 1, ["A1"])
        chosen_seats.forget(self.session, 1)

        self.assertEqual(chosen_seats.remembered(self.session, 1), [])

    def test_a_hold_during_sign_out_does_not_restore_the_session(self):
        under_way = self.stored()
        under_way.load()
        self.client.logout()

        chosen_seats.remember(under_way, 1, ["A1"])

        self.assertEqual(self.stored().load(), {})
