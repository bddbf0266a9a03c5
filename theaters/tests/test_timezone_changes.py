from datetime import timedelta
from threading import Event, Thread
from unittest import skipUnless
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from moviebooking.testing import make_city, make_screen, make_showtime, make_theater
from theaters.models import City, Screen, Showtime, Theater
from theaters.timezone_changes import ShowtimesSold

from .support.sales import promise, sell
from .test_admin import StaffTestCase, admin_url


def make_los_angeles():
    return make_city("Los Angeles", timezone="America/Los_Angeles")


def change_timezone_of_city(showtime):
    city = showtime.screen.theater.city
    city.timezone = "America/Los_Angeles"
    return city, "timezone"


def change_city_of_theater(showtime):
    theater = showtime.screen.theater
    theater.city = make_los_angeles()
    return theater, "city"


def change_theater_of_screen(showtime):
    screen = showtime.screen
    screen.theater = make_theater(city=make_los_angeles())
    return screen, "theater"


CHANGES = [change_timezone_of_city, change_city_of_theater, change_theater_of_screen]


class TimezoneChangeTests(TestCase):
    def setUp(self):
        self.showtime = make_showtime()
        self.local_hour = f"{self.showtime.local_start:%Y-%m-%d %H:%M}"

    def stored(self):
        return Showtime.objects.for_cards().get(pk=self.showtime.pk)

    def assert_each_is_refused(self):
        """Assert that full_clean() and save() refuse each change, and that nothing moves."""
        for change in CHANGES:
            with self.subTest(change.__name__):
                row, field = change(self.stored())
                with self.assertRaises(ValidationError) as caught:
                    row.full_clean()
                self.assertEqual(list(caught.exception.message_dict), [field])
                with self.assertRaises(ShowtimesSold) as refused:
                    row.save()
                self.assertEqual(refused.exception.showtimes, [self.showtime])
                with self.assertRaises(ShowtimesSold):
                    row.save(update_fields=[field])
                self.assert_nothing_moved()

    def assert_nothing_moved(self):
        stored = self.stored()
        self.assertEqual(stored.start_time, self.showtime.start_time)
        self.assertEqual(f"{stored.local_start:%Y-%m-%d %H:%M}", self.local_hour)

    def test_no_time_zone_changes_while_a_ticket_is_valid(self):
        sell(self.showtime, "A1")
        self.assert_each_is_refused()

    def test_no_time_zone_changes_while_a_booking_is_pending(self):
        promise(self.showtime, "A1")
        self.assert_each_is_refused()

    def test_the_error_message_names_the_showtime_and_what_to_do(self):
        sell(self.showtime, "A1")
        with self.assertRaises(ShowtimesSold) as caught:
            change_timezone_of_city(self.stored())[0].save()
        [sentence] = caught.exception.messages
        self.assertIn(f"that this would move: {self.showtime}.", sentence)
        self.assertIn("Cancel it, which refunds everyone", sentence)

    def test_an_unsold_showtime_keeps_its_local_hour_in_the_new_time_zone(self):
        for change in CHANGES:
            with self.subTest(change.__name__), transaction.atomic():
                row, _field = change(self.stored())
                row.full_clean()
                row.save()

                stored = self.stored()
                self.assertEqual(stored.zone, ZoneInfo("America/Los_Angeles"))
                self.assertEqual(f"{stored.local_start:%Y-%m-%d %H:%M}", self.local_hour)
                transaction.set_rollback(True)

    def test_void_overdue_past_and_unrelated_sales_do_not_prevent_a_change(self):
        sell(self.showtime, "A1", voided=True)
        promise(self.showtime, "A2", minutes=-1)
        past = make_showtime(screen=self.showtime.screen, starts_in=-timedelta(hours=1))
        sell(past, "A1")
        sell(make_showtime(), "A1")

        for change in CHANGES:
            with self.subTest(change.__name__), transaction.atomic():
                row, _field = change(self.stored())
                row.full_clean()
                row.save()
                self.assertEqual(Showtime.objects.get(pk=past.pk).start_time, past.start_time)
                transaction.set_rollback(True)

    def test_other_fields_can_be_changed_with_sold_seats(self):
        sell(self.showtime, "A1")
        city, theater, screen = City.objects.get(), Theater.objects.get(), Screen.objects.get()
        for row in (city, theater, screen):
            row.name = "Another name"
            row.full_clean()
            row.save()
        self.assert_nothing_moved()
        city.timezone, city.name = "America/Los_Angeles", "A third name"
        city.save(update_fields=["name"])
        self.assert_nothing_moved()


class TimezoneAdminTests(StaffTestCase):
    def setUp(self):
        super().setUp()
        self.showtime = make_showtime()
        sell(self.showtime, "A1")

    def test_the_citys_page_says_why_its_time_zone_can_not_change(self):
        city = self.showtime.screen.theater.city
        fields = {"name": city.name, "slug": city.slug, "timezone": "America/Los_Angeles"}

        response = self.client.post(admin_url(city), fields)

        [sentence] = self.errors_of(response)["timezone"]
        self.assertIn(str(self.showtime), sentence)
        self.assertEqual(City.objects.get().timezone, "Asia/Kolkata")

    def test_the_theaters_page_says_why_its_city_can_not_change(self):
        theater = self.showtime.screen.theater
        numbers = {"doors_minutes": 20, "adverts_minutes": 15, "cleaning_minutes": 15}
        names = {"name": theater.name, "slug": theater.slug, "city": make_los_angeles().pk}
        screens = {"screens-TOTAL_FORMS": 0, "screens-INITIAL_FORMS": 0}

        response = self.client.post(admin_url(theater), {**names, **numbers, **screens})

        self.assertEqual(list(self.errors_of(response)), ["city"])
        self.assertEqual(Theater.objects.get().city, theater.city)


@skipUnless(connection.vendor == "postgresql", "needs PostgreSQL: SQLite has no row locks")
class TimezoneChangeRaceTests(TransactionTestCase):
    def test_a_change_waits_for_an_uncommitted_sale_and_is_refused(self):
        self.showtime, self.sold, self.done, self.outcome = make_showtime(), Event(), Event(), []
        rival = Thread(target=self.change)
        rival.start()
        with transaction.atomic():
            Showtime.objects.select_for_update(no_key=True).get(pk=self.showtime.pk)
            sell(self.showtime, "A1")
            self.sold.set()
            self.done.wait(0.7)
        rival.join(timeout=20)

        self.assertEqual(self.outcome, ["refused"])
        self.assertEqual(City.objects.get().timezone, "Asia/Kolkata")

    def change(self):
        try:
            city = City.objects.get()
            city.timezone = "America/Los_Angeles"
            self.sold.wait(20)
            city.save()
            self.outcome.append("changed")
        except ShowtimesSold:
            self.outcome.append("refused")
        finally:
            self.done.set()
            connection.close()


class ClockChangeTests(TestCase):
    def test_a_local_hour_skipped_in_the_new_time_zone_becomes_the_next_hour(self):
        city = make_city(timezone="Asia/Kolkata")
        spring = timezone.datetime(timezone.now().year + 1, 3, 1, 2, 30, tzinfo=city.zone)
        spring += timedelta(days=(6 - spring.weekday()) % 7 + 7)  # the second Sunday
        showtime = make_showtime(screen=make_screen(theater=make_theater(city=city)), start_time=spring)
        city.timezone = "America/Los_Angeles"
        city.save()

        local = Showtime.objects.for_cards().get(pk=showtime.pk).local_start
        self.assertEqual((local.date(), f"{local:%H:%M}"), (spring.date(), "03:30"))
