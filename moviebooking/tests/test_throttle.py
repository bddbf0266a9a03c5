import json
import time
from itertools import count
from unittest import mock

import redis
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory, TestCase, override_settings

from accounts.models import User
from moviebooking import redis_connection, throttle
from moviebooking.testing import JSON

kinds = (f"kind{number}" for number in count())
visitors = count(1)


def ask(view, *, user=None, address="192.0.2.1", method="POST", **headers):
    request = RequestFactory().generic(method, "/", headers=headers, REMOTE_ADDR=address)
    request.user = user or AnonymousUser()
    return view(request)


def throttled_view(**options):
    return throttle.throttle(next(kinds), **options)(lambda request: HttpResponse("passed"))


def visitor():
    return User(pk=next(visitors))


@override_settings(THROTTLES=True)
class ThrottleTests(TestCase):
    def setUp(self):
        # A new limiter on whatever Redis the suite runs with, and none of its counts left behind.
        throttle._limiter.cache_clear()
        self.addCleanup(throttle._limiter.cache_clear)
        self.addCleanup(lambda: throttle._limiter().storage.reset())

    def test_thirty_requests_a_minute_pass_and_the_next_is_refused(self):
        view, ann = throttled_view(per_minute=30), visitor()

        statuses = [ask(view, user=ann).status_code for _ in range(31)]

        self.assertEqual(statuses, [200] * 30 + [429])

    def test_a_throttled_request_gets_retry_after(self):
        view, ann = throttled_view(per_minute=1), visitor()
        ask(view, user=ann)

        refused = ask(view, user=ann, **JSON)

        self.assertEqual(refused.status_code, 429)
        self.assertEqual(refused["Retry-After"], "60")
        self.assertEqual(json.loads(refused.content), {"error": "throttled"})

    def test_a_throttled_visitor_gets_a_page(self):
        view, ann = throttled_view(per_minute=1), visitor()
        ask(view, user=ann)

        refused = ask(view, user=ann)

        self.assertEqual(
            (refused.status_code, refused["Retry-After"], refused["Content-Type"]),
            (429, "60", "text/html; charset=utf-8"),
        )

    def test_thirty_requests_in_any_sixty_seconds_pass(self):
        view, ann = throttled_view(per_minute=30), visitor()
        start = time.time()

        with mock.patch("time.time") as clock:
            for second in (0, 50, 61, 111, 122):  # fifteen each: never more than thirty within sixty seconds
                clock.return_value = start + second
                self.assertEqual([ask(view, user=ann).status_code for _ in range(15)], [200] * 15, second)

    def test_a_throttled_request_does_not_extend_the_wait(self):
        view, ann = throttled_view(per_minute=1), visitor()
        start = time.time()
        ask(view, user=ann)

        with mock.patch("time.time", return_value=start + 40):
            self.assertEqual(ask(view, user=ann)["Retry-After"], "21")
        with mock.patch("time.time", return_value=start + 62):
            self.assertEqual(ask(view, user=ann).status_code, 200)

    def test_visitors_are_counted_separately(self):
        view, ann, bob = throttled_view(per_minute=1), visitor(), visitor()
        ask(view, user=ann)

        self.assertEqual([ask(view, user=ann).status_code, ask(view, user=bob).status_code], [429, 200])

    def test_anonymous_visitors_are_counted_by_address(self):
        view = throttled_view(per_minute=1)
        ask(view, address="192.0.2.1")

        self.assertEqual(
            [ask(view, address=address).status_code for address in ("192.0.2.1", "192.0.2.2")], [429, 200]
        )

    def test_get_requests_do_not_count_unless_the_view_says_so(self):
        form, document = throttled_view(per_minute=1), throttled_view(per_minute=1, reads=True)

        for method in ("GET", "HEAD", "OPTIONS"):
            with self.subTest(method):
                self.assertEqual([ask(form, method=method).status_code for _ in range(3)], [200] * 3)
        self.assertEqual(ask(form).status_code, 200)
        self.assertEqual([ask(document, method="GET").status_code for _ in range(2)], [200, 429])

    def test_views_of_one_kind_are_counted_together(self):
        kind, ann = next(kinds), visitor()
        one, other = (throttle.throttle(kind, per_minute=1)(lambda request: HttpResponse()) for _ in "12")
        ask(one, user=ann)

        self.assertEqual(ask(other, user=ann).status_code, 429)

    def test_nobody_is_throttled_without_redis(self):
        away = redis.Redis(host="127.0.0.1", port=1, retry=None)  # nothing listens there
        view, ann = throttled_view(per_minute=1), visitor()

        with mock.patch.object(redis_connection, "client", return_value=away):
            statuses = [ask(view, user=ann).status_code for _ in range(3)]
            throttle._limiter.cache_clear()

        self.assertEqual(statuses, [200, 200, 200])

    @override_settings(THROTTLES=False)
    def test_the_setting_switches_throttling_off(self):
        view, ann = throttled_view(per_minute=1), visitor()

        self.assertEqual([ask(view, user=ann).status_code for _ in range(3)], [200, 200, 200])
