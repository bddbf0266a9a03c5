"""A warm seat map makes few queries, and still shows every change."""

from datetime import timedelta

from django.utils import timezone

from .support.drawn_seats import drawn_seats
from .support.steps import BookingTestCase, book, hold, make_showtime, make_user, url

USER, BOOKING = 1, 1


class SeatMapTestCase(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.ann, self.showtime = make_user("ann"), make_showtime("SSSS")
        self.path = url("seat_map", self.showtime)
        self.client.get(self.path)  # now the snapshot and the live map are warm

    def save(self, row, **fields):
        """Save the row as the admin does."""
        for name, value in fields.items():
            setattr(row, name, value)
        with self.captureOnCommitCallbacks(execute=True):
            row.save()


class QueryTests(SeatMapTestCase):
    def assert_queries(self, number):
        self.client.get(self.path)
        with self.assertNumQueries(number):
            self.client.get(self.path)

    def test_an_anonymous_visitor_costs_none(self):
        self.assert_queries(0)

    def test_a_visitor_costs_the_row_of_the_user(self):
        self.client.force_login(self.ann)

        self.assert_queries(USER)

    def test_a_visitor_who_holds_seats_costs_no_more(self):
        self.client.force_login(self.ann)
        hold(self.ann, self.showtime, ["A1", "A2"])

        self.assert_queries(USER)

    def test_only_an_unpaid_booking_is_read_from_sql(self):
        self.client.force_login(self.ann)
        book(self.ann, self.showtime, ["A1", "A2"])

        self.assert_queries(USER + BOOKING)

    def test_the_booking_of_another_visitor_is_not_read(self):
        self.client.force_login(self.ann)
        book(make_user(), self.showtime, ["A1", "A2"])

        self.assert_queries(USER)


class FreshnessTests(SeatMapTestCase):
    def test_a_change_of_the_movie_or_the_place_is_shown_at_once(self):
        screen = self.showtime.screen
        rows = {
            "The New Title": (self.showtime.movie, "title"),
            "Screen Nine": (screen, "name"),
            "The New Cinema": (screen.theater, "name"),
            "Newtown": (screen.theater.city, "name"),
        }
        for name, (row, field) in rows.items():
            with self.subTest(field=f"{row._meta.model_name}.{field}"):
                self.save(row, **{field: name})

                self.assertContains(self.client.get(self.path), name)

    def test_a_showtime_that_was_moved_into_the_past_is_closed_at_once(self):
        self.save(self.showtime, start_time=timezone.now() - timedelta(minutes=1))

        self.assertEqual(self.client.get(self.path).status_code, 410)

    def test_a_deleted_showtime_is_not_found_at_once(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.showtime.delete()

        self.assertEqual(self.client.get(self.path).status_code, 404)

    def test_an_unpaid_booking_is_offered_even_if_the_layout_lost_its_seats(self):
        booking = book(self.ann, self.showtime, ["A4"])
        with self.captureOnCommitCallbacks(execute=True):
            type(self.showtime.screen).objects.filter(pk=self.showtime.screen_id).update(layout="SSS")
            self.showtime.save()
        self.client.force_login(self.ann)

        page = self.client.get(self.path)

        self.assertEqual((page.context["pending"], page.context["mine"]), (booking, []))
        self.assertEqual(list(drawn_seats(page)), ["A1", "A2", "A3"])
