"""The cost in queries and Redis commands of holds, seat status and pages, with all caches warm."""

from datetime import timedelta
from functools import partial
from unittest import mock

from cachetools import TTLCache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.seats import showtime_snapshot
from moviebooking import redis_connection, throttle

from .support.steps import (
    BookingTestCase,
    book,
    buy,
    hold,
    hold_json,
    make_showtime,
    make_user,
    seats_json,
    url,
)


@override_settings(LIVE_MAP_SECONDS=600)
class WarmMapCostTests(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(showtime_snapshot, "_cache", TTLCache(10, 600)))
        self.showtime, self.ann = make_showtime("S" * 20), make_user()
        self.client.force_login(self.ann)
        hold_json(self.client, self.showtime, ["A9"])

    def cost(self, call):
        """Return (queries without their columns, commands sent to Redis)."""
        redis = redis_connection.client()
        with (
            CaptureQueriesContext(
                connection,
            ) as sql,
            mock.patch.object(redis, "execute_command", wraps=redis.execute_command) as command,
        ):
            self.assertEqual(call().status_code, 200)
        return (
            [query["sql"].partition(" FROM ")[2] for query in sql],
            [sent.args[0] for sent in command.call_args_list],
        )

    def test_a_hold_reads_the_visitors_row_and_asks_redis_once(self):
        their_row = f'"accounts_user" WHERE "accounts_user"."id" = {self.ann.pk} LIMIT 21'
        for seats in (["A1"], ["A1", "A2", "A3"], [f"A{number}" for number in range(5, 15)]):
            with self.subTest(seats=len(seats)):
                cost = self.cost(lambda seats=seats: hold_json(self.client, self.showtime, seats))

                self.assertEqual(cost, ([their_row], ["EVALSHA"]))

    def test_seat_status_reads_the_visitors_row_and_asks_redis_once(self):
        their_row = f'"accounts_user" WHERE "accounts_user"."id" = {self.ann.pk} LIMIT 21'

        self.assertEqual(
            self.cost(lambda: seats_json(self.client, self.showtime)), ([their_row], ["EVALSHA"])
        )

    def test_seat_status_for_an_anonymous_visitor_needs_no_sql(self):
        self.client.logout()

        self.assertEqual(self.cost(lambda: seats_json(self.client, self.showtime)), ([], ["EVALSHA"]))

    @override_settings(THROTTLES=True)
    def test_the_limits_ask_redis_once_before_and_once_about_what_is_replaced(self):
        """A new account costs as many more for its address."""
        throttle._limiter.cache_clear()  # it counts under the prefix of this test
        self.addCleanup(throttle._limiter.cache_clear)
        for age, costs in ((timedelta(days=2), [2, 3, 2]), (timedelta(0), [3, 5, 3])):
            showtimes = [make_showtime("S" * 20) for _ in range(3)]
            visitor = make_user(date_joined=timezone.now() - age)
            self.client.force_login(visitor)
            for showtime in showtimes:
                hold(make_user(), showtime, ["A9"])  # the map is warm
            hold_json(self.client, showtimes[2], ["A1"])  # and the visitor is known
            with self.subTest(age=age):
                found = [
                    self.cost(partial(hold_json, self.client, showtime, ["A1", "A2"]))
                    for showtime in (showtimes[0], showtimes[0], showtimes[1])
                ]
                self.assertEqual([len(sql) for sql, _ in found], [1, 1, 1])
                self.assertEqual([commands for _, commands in found], [["EVALSHA"] * cost for cost in costs])

    def test_a_hold_costs_no_more_when_others_hold_and_bought_seats(self):
        for number in range(1, 4):
            buy(make_user(), self.showtime, [f"A{number}"])
            hold(make_user(), self.showtime, [f"A{number + 3}"])
        seats_json(self.client, self.showtime)

        sql, commands = self.cost(lambda: hold_json(self.client, self.showtime, ["A10"]))

        self.assertEqual([len(sql), commands], [1, ["EVALSHA"]])


class PageCostTests(BookingTestCase):
    """Each page costs the same number of queries for one row and for three."""

    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime("S" * 20), make_user()
        self.client.force_login(self.ann)

    def assert_cost(self, page, queries):
        self.client.get(page)
        with CaptureQueriesContext(connection) as sql:
            self.assertEqual(self.client.get(page).status_code, 200)
        self.assertEqual(len(sql), queries, "\n".join(query["sql"] for query in sql))

    def test_the_seat_map_costs_a_constant_number_of_queries(self):
        for sold in (1, 2, 3):
            buy(make_user(), self.showtime, [f"A{sold}"])
            hold(make_user(), self.showtime, [f"A{sold + 3}"])
            with self.subTest(sold=sold):
                self.assert_cost(url("seat_map", self.showtime), 1)

    def test_the_review_costs_a_constant_number_of_queries(self):
        for seats in (["A1"], ["A1", "A2", "A3"]):
            hold_json(self.client, self.showtime, seats)
            with self.subTest(seats=len(seats)):
                self.assert_cost(url("create_booking", self.showtime), 3)

    def test_the_payment_page_costs_a_constant_number_of_queries(self):
        for seats in (["A1"], ["A2", "A3", "A4"]):
            booking = book(make_user(), self.showtime, seats)
            self.client.force_login(booking.user)
            with self.subTest(seats=len(seats)):
                self.assert_cost(f"/bookings/{booking.reference}/pay/", 3)

    def test_the_ticket_page_costs_a_constant_number_of_queries(self):
        for seats in (["A1"], ["A2", "A3", "A4"]):
            booking = buy(self.ann, self.showtime, seats)
            with self.subTest(seats=len(seats)):
                self.assert_cost(booking.get_absolute_url(), 5)

    def test_the_list_of_bookings_costs_a_constant_number_of_queries(self):
        for number in (1, 2, 3):
            buy(self.ann, make_showtime("SS"), ["A1"])
            with self.subTest(bookings=number):
                self.assert_cost("/bookings/", 3)
