"""A Redis that freezes while the site is in use: SIGSTOP of a redis-server of the test's own."""

import signal
import time
from unittest import skipUnless

from django.urls import reverse

from moviebooking import redis_connection
from moviebooking.tests.support.servers import REDIS_SERVER

from .support.redis_faults import redis_frozen
from .support.steps import BookingTestCase, hold_json, make_showtime, make_user, url


@skipUnless(REDIS_SERVER, "there is no redis-server on this machine")
class FrozenRedisTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann = make_showtime("SSSSSS"), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)

    def hold(self, seat):
        return hold_json(self.client, self.showtime, [seat])

    def test_holds_are_refused_within_two_seconds_and_browsing_goes_on(self):
        pages = [reverse("home"), url("seat_map", self.showtime), url("seat_status", self.showtime)]
        with redis_frozen(while_up=lambda: self.hold("A2")):
            begin = time.monotonic()
            response = self.hold("A1")
            seconds = time.monotonic() - begin
            browsed = [self.client.get(page).status_code for page in pages]

        self.assertLess(seconds, 2)
        self.assertEqual([response.status_code, response.json()], [503, {"error": "holds_unavailable"}])
        self.assertEqual(browsed, [200, 200, 200])

    def test_holds_are_granted_again_once_it_answers(self):
        with redis_frozen(while_up=lambda: self.hold("A2")) as server:
            refused = self.hold("A1")
            server.send(signal.SIGCONT)
            redis_connection._breaker._next_probe = time.monotonic()  # a second has passed

            granted = self.hold("A1")

        self.assertEqual([refused.status_code, granted.json()["held"]], [503, ["A1"]])
