from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.test import TestCase
from django.utils import timezone

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater
from movies import clocks, listing
from movies.programme import Programme, programme

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Kolkata"))


class ProgrammeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.movie = make_movie()
        cls.pune, cls.agra = make_city("Pune"), make_city("Agra")

    def play(self, name, city, *, days, hour=18):
        start = NOW.replace(hour=hour) + timedelta(days=days)
        theater = city.theaters.filter(name=name).first() or make_theater(name, city=city)
        return make_showtime(movie=self.movie, screen=make_screen(theater=theater), start_time=start)

    def shown(self, asked="", now=NOW):
        showtimes = listing.showtimes_on_sale(now=now).filter(movie=self.movie)
        return programme(showtimes, zones=clocks.zones(), asked=asked, now=now)

    def test_theaters_are_ordered_by_city_and_name_and_showtimes_by_time(self):
        for name, city, hour in [
            ("Alka", self.pune, 20),
            ("Alka", self.pune, 14),
            ("Regal", self.pune, 15),
            ("Taj", self.agra, 16),
        ]:
            self.play(name, city, days=1, hour=hour)

        self.assertEqual(
            {
                theater.name: [timezone.localtime(showtime.start_time).hour for showtime in showtimes]
                for theater, showtimes in self.shown().theaters.items()
            },
            {"Taj": [16], "Alka": [14, 20], "Regal": [15]},
        )
        self.assertEqual([theater.name for theater in self.shown().theaters], ["Taj", "Alka", "Regal"])

    def test_theaters_with_the_same_name_are_kept_apart(self):
        self.play("Regal", self.pune, days=1)
        self.play("Regal", self.agra, days=1)

        self.assertEqual(len(self.shown().theaters), 2)

    def test_without_showtimes_there_is_no_day(self):
        self.assertEqual(self.shown(), Programme(day=None))

    def test_without_showtimes_an_invalid_date_is_still_reported(self):
        self.assertEqual(
            self.shown("soon"), Programme(day=None, notice="“soon” isn’t a date. Use this form: 2026-11-22.")
        )

    def test_today_goes_on_until_its_last_showtime_has_begun(self):
        self.play("Alka", self.pune, days=0, hour=18)
        self.play("Alka", self.pune, days=1, hour=18)

        before, after = self.shown(), self.shown(now=NOW.replace(hour=18))

        self.assertEqual((before.day.day, after.day.day), (22, 23))

    def test_the_strip_links_to_the_weeks_before_and_after(self):
        for days in (0, 3, 8, 12, 30):
            self.play("Alka", self.pune, days=days)

        strips = {
            asked: (
                found.last_week and found.last_week.isoformat(),
                found.next_week and found.next_week.isoformat(),
            )
            for asked in ["", "2026-11-30", "2026-12-22"]
            for found in [self.shown(asked)]
        }

        self.assertEqual(
            strips,
            {
                "": (None, "2026-11-30"),
                "2026-11-30": ("2026-11-25", "2026-12-22"),
                "2026-12-22": ("2026-12-04", None),
            },
        )

    def test_formats_captions_and_descriptions_of_the_day_are_listed(self):
        for format, captions in [("IMAX", False), ("2D", True), ("IMAX", False)]:
            showtime = self.play("Alka", self.pune, days=1)
            type(showtime).objects.filter(pk=showtime.pk).update(format=format, captions=captions)
        other_day = self.play("Alka", self.pune, days=2)
        type(other_day).objects.filter(pk=other_day.pk).update(format="3D", audio_description=True)

        shown = self.shown()

        self.assertEqual(
            (sorted(shown.formats), shown.has_captions, shown.has_audio_description),
            (["2D", "IMAX"], True, False),
        )

    def test_a_single_format_is_not_listed(self):
        self.play("Alka", self.pune, days=1)

        self.assertEqual(self.shown().formats, [])

    def test_theaters_are_grouped_by_city(self):
        for theater, city in [("Alka", self.pune), ("Zeta", self.pune), ("Odeon", make_city("Agra"))]:
            self.play(theater, city, days=1)

        found = [
            (city.name, [theater.name for theater, _showtimes in theaters])
            for city, theaters in self.shown().cities
        ]

        self.assertEqual(found, [("Agra", ["Odeon"]), (self.pune.name, ["Alka", "Zeta"])])

    def test_each_theater_uses_the_dates_of_its_own_zone(self):
        """Ten at night in Pune on the 22nd is half past eight in the morning of that day in Los Angeles."""
        late = NOW.replace(hour=22)
        there = make_city("Los Angeles", timezone="America/Los_Angeles")
        self.play("Alka", self.pune, days=1, hour=1)
        self.play("Orpheum", there, days=1, hour=9)  # half past seven the evening before

        shown = {day: self.shown(f"2026-11-{day}", now=late) for day in (22, 23)}

        self.assertEqual(self.shown(now=late).day.day, 22)
        self.assertEqual(
            {day: [theater.name for theater in found.theaters] for day, found in shown.items()},
            {22: ["Orpheum"], 23: ["Alka"]},
        )
