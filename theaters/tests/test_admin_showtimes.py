from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater, make_user
from theaters.models import Screen, Showtime

from .support.sales import sell
from .test_admin import NO_INLINES, StaffTestCase, admin_url, changelist_url


class ChangeShowtimeTests(StaffTestCase):
    def setUp(self):
        super().setUp()
        theater = make_theater(city=make_city(timezone="Asia/Tokyo"))
        self.showtime = make_showtime(
            screen=make_screen("SSS", theater=theater), start_time=datetime(2030, 1, 1, 9, 30, tzinfo=UTC)
        )

    def post(self, showtime=None, **fields):
        showtime = showtime or self.showtime
        fields = {
            "movie": showtime.movie_id, "screen": showtime.screen_id, "price": "200", "format": "2D",
            "start_time_0": "2030-01-01", "start_time_1": "18:30", **NO_INLINES, **fields,
        }  # fmt: skip
        url = admin_url(showtime) if showtime.pk else reverse("admin:theaters_showtime_add")
        return self.client.post(url, fields)

    def test_the_start_is_shown_and_typed_in_local_time(self):
        self.assertContains(self.client.get(admin_url(self.showtime)), 'value="18:30:00"')
        self.assertRedirects(self.post(start_time_1="19:00"), changelist_url(Showtime))
        self.showtime.refresh_from_db()
        self.assertEqual(self.showtime.start_time, datetime(2030, 1, 1, 10, tzinfo=UTC))

    def test_on_a_screen_in_another_zone_the_start_is_local_there(self):
        dubai = make_screen("SSSS", theater=make_theater(city=make_city(timezone="Asia/Dubai")))

        self.assertRedirects(self.post(screen=dubai.pk), changelist_url(Showtime))

        self.showtime = Showtime.objects.get(pk=self.showtime.pk)
        self.assertEqual(self.showtime.start_time, datetime(2030, 1, 1, 14, 30, tzinfo=UTC))
        self.assertEqual(self.showtime.available_seats, 4)

    def test_read_only_staff_see_the_local_start(self):
        viewer = make_user(is_staff=True)
        viewer.user_permissions.set(Permission.objects.filter(codename="view_showtime"))
        self.client.force_login(viewer)
        self.assertContains(self.client.get(admin_url(self.showtime)), "Jan. 1, 2030, 6:30 p.m.")

    def test_a_start_in_a_distant_year_is_refused(self):
        for date in ("0001-01-01", "1066-10-14", "9999-12-31"):
            with self.subTest(date):
                self.assertEqual(
                    self.errors_of(self.post(start_time_0=date)),
                    {
                        "start_time": [
                            "A showtime has to start after the year 1900 and within the next five years."
                        ]
                    },
                )

    def test_an_hour_skipped_by_a_clock_change_is_refused(self):
        new_york = make_theater(city=make_city(timezone="America/New_York"))
        showtime = make_showtime(screen=make_screen(theater=new_york))
        typed = {"start_time_0": "2027-03-14", "start_time_1": "02:30"}
        self.assertEqual(
            self.errors_of(self.post(showtime, **typed)),
            {"start_time": ["Clocks go forward that day, so there is no 2:30 am."]},
        )

    def test_a_start_that_overlaps_another_showtime_is_refused(self):
        twin = Showtime(movie=make_movie("Twin"), screen=self.showtime.screen)
        self.assertEqual(
            self.errors_of(self.post(twin, start_time_1="19:00")),
            {
                "start_time": [
                    f"Overlaps {self.showtime.movie} "
                    "(screen in use from 6:30 pm to 9:00 pm, including cleaning)."
                ]
            },
        )

    def test_a_showtime_with_sold_seats_can_not_move_to_another_screen(self):
        sell(self.showtime, "A1")
        same_seats = make_screen("SSS", theater=self.showtime.theater)

        self.assertEqual(
            self.errors_of(self.post(screen=same_seats.pk)),
            {
                "screen": [
                    "Seats are sold for it. Cancel this showtime, which refunds everyone, and add another."
                ]
            },
        )

    def test_the_start_of_a_showtime_with_sold_seats_can_not_change(self):
        sell(self.showtime, "A1")
        self.assertEqual(
            self.errors_of(self.post(start_time_1="19:00")),
            {"start_time": [
                "Seats are sold for it. Cancel this showtime, which refunds everyone, and add another."
            ]},
        )  # fmt: skip

    def test_only_changed_fields_are_written_so_that_concurrent_sales_are_kept(self):
        with CaptureQueriesContext(connection) as queries:
            self.post(price="250")
        written = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
        self.assertEqual(len(written), 1)
        self.assertRegex(written[0], r'SET "price" = \S+, "lowest_price" = \S+ WHERE')


class ShowtimesInlineTests(StaffTestCase):
    def setUp(self):
        super().setUp()
        theater = make_theater(city=make_city(timezone="Asia/Tokyo"))
        self.screen = make_screen("SSS", theater=theater)
        self.existing = make_showtime(screen=self.screen, start_time=datetime(2030, 1, 1, 9, 30, tzinfo=UTC))
        self.movie = make_movie("New Film")

    def post(self, *clocks):
        rows = {
            f"showtimes-{row}-{name}": value
            for row, clock in enumerate(clocks, start=1)
            for name, value in {
                "movie": self.movie.pk, "price": "200", "format": "2D",
                "start_time_0": "2030-01-02", "start_time_1": clock, "screen": self.screen.pk,
            }.items()
        }  # fmt: skip
        forms = {"showtimes-TOTAL_FORMS": 1 + len(clocks), "showtimes-INITIAL_FORMS": 1}
        first = {"showtimes-0-id": self.existing.pk, "showtimes-0-screen": self.screen.pk}
        screen = {"theater": self.screen.theater_id, "name": self.screen.name, "layout": self.screen.layout}
        return self.client.post(admin_url(self.screen), {**screen, **forms, **first, **rows})

    def test_upcoming_showtimes_are_shown_read_only(self):
        past = make_showtime(screen=self.screen, movie=make_movie("Gone"), starts_in=timedelta(days=-1))

        page = self.client.get(admin_url(self.screen))

        self.assertContains(page, admin_url(self.existing))
        self.assertContains(page, "<p>Jan. 1, 2030, 6:30 p.m.</p>", html=True)
        self.assertNotContains(page, admin_url(past))

    def test_new_showtimes_are_added_in_local_time(self):
        self.assertRedirects(self.post("18:30", "22:00"), changelist_url(Screen))

        starts = self.screen.showtimes.filter(movie=self.movie).order_by("start_time")
        self.assertEqual(
            [showtime.start_time for showtime in starts],
            [datetime(2030, 1, 2, 9, 30, tzinfo=UTC), datetime(2030, 1, 2, 13, tzinfo=UTC)],
        )

    def test_new_showtimes_that_overlap_each_other_are_refused(self):
        self.assertContains(self.post("18:30", "19:00"), "overlap: New Film starts too early")
        self.assertEqual(self.screen.showtimes.count(), 1)

    def test_existing_showtimes_are_not_written_again(self):
        with CaptureQueriesContext(connection) as queries:
            self.post("22:00")
        written = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "theaters_showtime"')]
        self.assertEqual(written, [])


class CopyShowtimesTests(StaffTestCase):
    def run_action(self, action, *showtimes):
        fields = {"action": action, "_selected_action": [one.pk for one in showtimes]}
        response = self.client.post(changelist_url(Showtime), fields, follow=True)
        return [str(message) for message in response.context["messages"]]

    def test_a_day_is_copied_with_its_prices_to_the_next_week(self):
        lisbon = make_theater(city=make_city(timezone="Europe/Lisbon"))
        screen = make_screen(theater=lisbon)
        before_the_clocks_change = datetime(2030, 3, 28, 19, tzinfo=lisbon.city.zone)
        showtime = make_showtime(
            screen=screen, start_time=before_the_clocks_change, format="3D", captions=True
        )
        showtime.seat_prices.create(seat_class="P", price=333)

        reported = self.run_action("copy_to_next_week", showtime)

        twin = Showtime.objects.exclude(pk=showtime.pk).get()
        self.assertEqual(reported, ["1 showtime was added."])
        self.assertEqual(f"{twin.local_start:%Y-%m-%d %H:%M}", "2030-04-04 19:00")
        self.assertEqual((twin.movie, twin.format, twin.captions), (showtime.movie, "3D", True))
        self.assertEqual(twin.class_prices["P"], 333)

    def test_a_copy_to_an_hour_skipped_by_a_clock_change_is_not_made_and_is_reported(self):
        new_york = make_theater(city=make_city(timezone="America/New_York"))
        late = datetime(2027, 3, 13, 2, 30, tzinfo=new_york.city.zone)
        showtime = make_showtime(screen=make_screen(theater=new_york), start_time=late)
        self.assertEqual(
            self.run_action("copy_to_next_day", showtime),
            [f"{showtime}: Clocks go forward that day, so there is no 2:30 am."],
        )

    def test_a_copy_that_would_overlap_is_not_made_and_is_reported(self):
        showtime = make_showtime(movie=make_movie("Sholay"))
        self.run_action("copy_to_next_day", showtime)
        reported = self.run_action("copy_to_next_day", showtime)
        self.assertEqual(Showtime.objects.count(), 2)
        self.assertEqual(len(reported), 1)
        self.assertRegex(
            reported[0], r"^Sholay · .*: Overlaps Sholay \(screen in use from .*, including cleaning\)\.$"
        )

    def test_a_cancelled_showtime_is_not_copied(self):
        running, gone = make_showtime(), make_showtime()
        Showtime.objects.filter(pk=gone.pk).update(cancelled_at=timezone.now())

        reported = self.run_action("copy_to_next_day", running, gone)

        self.assertEqual(reported, ["1 showtime was added.", f"{gone}: It’s cancelled, so it wasn’t copied."])
        self.assertEqual(Showtime.objects.exclude(pk__in=[running.pk, gone.pk]).get().movie, running.movie)

    def test_a_copy_starts_with_every_seat_free(self):
        showtime = make_showtime("SSS")
        sell(showtime, "A1", "A2")
        self.run_action("copy_to_next_day", showtime)
        twin = Showtime.objects.exclude(pk=showtime.pk).get()
        self.assertEqual(
            (twin.available_seats, twin.start_time - showtime.start_time), (3, timedelta(days=1))
        )
