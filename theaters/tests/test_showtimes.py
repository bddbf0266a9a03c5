from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.test import TestCase, override_settings

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater
from theaters.models import Showtime
from theaters.templatetags.theater_time import times

from .support.sales import promise, sell


def refusal(showtime):
    """Return {field: error codes} of full_clean(); {} if the showtime is valid."""
    try:
        showtime.full_clean()
    except ValidationError as error:
        return {field: [one.code for one in errors] for field, errors in error.error_dict.items()}
    return {}


class CreatingShowtimes(TestCase):
    def test_a_showtime_can_be_created_from_its_required_fields(self):
        showtime = Showtime.objects.create(
            movie=make_movie(),
            screen=make_screen("SSS_SS\nPP"),
            start_time=datetime(2001, 1, 1, tzinfo=UTC),
            price="150.00",
        )
        showtime.refresh_from_db()
        self.assertEqual((showtime.available_seats, showtime.format, showtime.captions), (7, "2D", False))

    def test_available_seats_can_be_given(self):
        self.assertEqual(make_showtime("SSS", available_seats=1).available_seats, 1)

    def test_the_database_refuses_a_free_showtime_and_an_unknown_format(self):
        for fields in ({"price": 0}, {"format": "5D"}):
            with self.subTest(fields), self.assertRaises(IntegrityError), transaction.atomic():
                make_showtime(**fields)

    def test_the_database_refuses_to_oversell(self):
        showtime = make_showtime("S")
        with self.assertRaises(IntegrityError), transaction.atomic():
            Showtime.objects.filter(pk=showtime.pk).update(available_seats=-1)

    @override_settings(TIME_ZONE="Europe/Lisbon")
    def test_a_city_has_the_sites_time_zone_by_default(self):
        self.assertEqual(make_city().timezone, "Europe/Lisbon")

    def test_an_unknown_time_zone_is_refused(self):
        for name in ("Mars/Olympus", "../../etc/passwd", ""):
            with self.subTest(name), self.assertRaises(ValidationError) as caught:
                make_city(timezone=name).full_clean()
            self.assertEqual(list(caught.exception.message_dict), ["timezone"])

    def test_a_year_far_away_is_refused(self):
        for year in (1, 1899, 2999, 9999):
            far = Showtime(
                movie=make_movie(), screen=make_screen(), start_time=datetime(year, 12, 31, tzinfo=UTC)
            )
            far.price = Decimal(200)
            with self.subTest(year):
                self.assertEqual(refusal(far), {"start_time": ["far"]})


class Overlap(TestCase):
    """A movie of 120 minutes at 18:00 with 15 minutes of advertisements keeps its screen until 20:30."""

    @classmethod
    def setUpTestData(cls):
        cls.screen = make_screen(theater=make_theater(city=make_city(timezone="Asia/Kolkata")))
        cls.movie = make_movie(duration=120)
        cls.evening = datetime(2030, 5, 1, 18, tzinfo=UTC)
        cls.running = make_showtime(screen=cls.screen, movie=cls.movie, start_time=cls.evening)

    def at(self, minutes, **fields):
        start = self.evening + timedelta(minutes=minutes)
        fields = {"screen": self.screen, "movie": self.movie, "price": Decimal(200), **fields}
        return Showtime(start_time=start, **fields)

    def test_another_showtime_with_the_same_start_is_refused(self):
        self.assertEqual(refusal(self.at(0)), {"start_time": ["overlap"]})

    def test_a_showtime_may_start_once_movie_and_cleaning_are_over(self):
        self.assertEqual(refusal(self.at(149)), {"start_time": ["overlap"]})
        self.assertEqual(refusal(self.at(150)), {})

    def test_a_showtime_may_end_just_before_the_next_one(self):
        self.assertEqual(refusal(self.at(-149)), {"start_time": ["overlap"]})
        self.assertEqual(refusal(self.at(-150)), {})

    def test_a_short_movie_within_a_long_one_is_refused(self):
        self.assertEqual(refusal(self.at(30, movie=make_movie(duration=10))), {"start_time": ["overlap"]})

    def test_a_long_movie_around_a_short_one_is_refused(self):
        long = make_movie(duration=600)
        self.assertEqual(refusal(self.at(-200, movie=long)), {"start_time": ["overlap"]})

    def test_the_longest_movie_uses_its_screen_for_a_day_and_ads_and_cleaning(self):
        all_day = make_showtime(
            screen=make_screen(theater=make_theater(adverts_minutes=60, cleaning_minutes=120)),
            movie=make_movie(duration=24 * 60),
            start_time=self.evening,
        )
        self.assertEqual(refusal(self.at(27 * 60 - 1, screen=all_day.screen)), {"start_time": ["overlap"]})
        self.assertEqual(refusal(self.at(27 * 60, screen=all_day.screen)), {})

    def test_showtimes_on_other_screens_do_not_overlap(self):
        self.assertEqual(refusal(self.at(0, screen=make_screen())), {})

    def test_a_showtime_does_not_overlap_itself(self):
        self.assertEqual(refusal(self.running), {})

    def test_a_cancelled_showtime_overlaps_nothing(self):
        Showtime.objects.filter(pk=self.running.pk).update(cancelled_at=self.evening)
        replacement = self.at(0)
        self.assertEqual(refusal(replacement), {})
        replacement.save()
        self.running.refresh_from_db()
        self.assertEqual(refusal(self.running), {})

    def test_a_theater_that_cleans_longer_keeps_its_screens_longer(self):
        self.screen.theater.cleaning_minutes = 30
        self.screen.theater.save()
        self.assertEqual(refusal(self.at(164)), {"start_time": ["overlap"]})
        self.assertEqual(refusal(self.at(165)), {})

    def test_the_message_names_the_other_movie_and_its_local_times(self):
        with self.assertRaises(ValidationError) as caught:
            self.at(60).full_clean()
        self.assertEqual(
            caught.exception.messages,
            [f"Overlaps {self.movie.title} (screen in use from 11:30 pm to 2:00 am, including cleaning)."],
        )


class WhatWasSold(TestCase):
    def setUp(self):
        self.showtime = make_showtime("SSS")

    def test_an_unsold_showtime_may_be_changed(self):
        self.showtime.movie, self.showtime.screen = make_movie(), make_screen("S")
        self.showtime.start_time += timedelta(hours=1)
        self.assertEqual(refusal(self.showtime), {})

    def test_its_start_may_not_change_once_a_seat_is_sold(self):
        sell(self.showtime, "A1")
        self.showtime.start_time += timedelta(minutes=5)
        self.assertEqual(refusal(self.showtime), {"start_time": ["sold"]})

    def test_its_movie_may_not_change_while_a_seat_is_being_paid(self):
        promise(self.showtime, "A1")
        self.showtime.movie = make_movie()
        self.assertEqual(refusal(self.showtime), {"movie": ["sold"]})

    def test_its_screen_may_not_change_once_a_seat_is_sold(self):
        sell(self.showtime, "A2")
        self.showtime.screen = make_screen("SSS")
        self.assertEqual(refusal(self.showtime), {"screen": ["sold"]})

    def test_price_and_format_may_change(self):
        sell(self.showtime, "A1")
        self.showtime.price, self.showtime.format = Decimal(300), "IMAX"
        self.assertEqual(refusal(self.showtime), {})


class LocalTimes(TestCase):
    @classmethod
    def setUpTestData(cls):
        tokyo = make_theater(city=make_city(timezone="Asia/Tokyo"), doors_minutes=30, adverts_minutes=10)
        cls.showtime = make_showtime(
            screen=make_screen(theater=tokyo),
            movie=make_movie(duration=100),
            start_time=datetime(2030, 1, 1, 9, 30, tzinfo=UTC),
        )

    def test_doors_movie_and_end_are_counted_from_the_start(self):
        times = [self.showtime.doors_at, self.showtime.movie_starts_at, self.showtime.ends_at]
        self.assertEqual([f"{one:%H:%M}" for one in times], ["09:00", "09:40", "11:20"])

    def test_local_times_are_in_the_theaters_zone(self):
        showtime = self.showtime
        times = [showtime.local_doors, showtime.local_start, showtime.local_movie_start, showtime.local_end]
        self.assertEqual([f"{one:%H:%M}" for one in times], ["18:00", "18:30", "18:40", "20:20"])
        self.assertEqual(showtime.local_start, showtime.start_time)

    def test_templates_print_local_times_without_converting_them(self):
        template = Template('{{ showtime.local_start|date:"Y-m-d H:i T" }}')
        self.assertEqual(template.render(Context({"showtime": self.showtime})), "2030-01-01 18:30 JST")

    def test_times_are_printed_in_the_readers_format(self):
        self.assertEqual(
            times(self.showtime),
            "Doors 6:00 pm · Ads 6:30 pm · Movie 6:40–8:20 pm",
        )
        self.showtime.screen.theater.adverts_minutes = 0
        self.assertEqual(times(self.showtime), "Doors 6:00 pm · Movie 6:30–8:10 pm")

    def test_its_name_has_the_local_time(self):
        self.assertEqual(str(self.showtime)[-16:], "2030-01-01 18:30")

    def test_fetched_for_cards_its_properties_cost_no_query(self):
        with self.assertNumQueries(1):
            showtime = Showtime.objects.for_cards().get()
            facts = [showtime.local_doors, showtime.local_end, showtime.availability, str(showtime)]
        self.assertEqual(len(facts), 4)


class LocalDates(TestCase):
    def test_a_showtime_belongs_to_its_local_date(self):
        city = make_city(timezone="Asia/Tokyo")
        make_showtime(
            screen=make_screen(theater=make_theater(city=city)),
            start_time=datetime(2030, 1, 1, 15, 30, tzinfo=UTC),  # half past midnight in Tokyo
        )
        (day,) = Showtime.objects.days([city.zone])
        self.assertEqual(day.isoformat(), "2030-01-02")
        self.assertEqual(Showtime.objects.on_day(day, [city.zone]).count(), 1)
        self.assertEqual(Showtime.objects.on_day(day - timedelta(days=1), [city.zone]).count(), 0)


class Availability(TestCase):
    def test_availability_follows_the_share_of_available_seats(self):
        showtime = make_showtime("S" * 20)
        found = {}
        for free in (20, 9, 8, 3, 2, 1, 0):
            showtime.available_seats = free
            found[free] = str(showtime.availability)
        self.assertEqual(
            found,
            {20: "available", 9: "available", 8: "filling", 3: "filling", 2: "few", 1: "few", 0: "sold_out"},
        )


class ClassPrices(TestCase):
    def test_a_class_without_a_price_of_its_own_has_the_default_price(self):
        prices = make_showtime(price="200.00").class_prices
        self.assertEqual(
            {code: str(price) for code, price in prices.items()},
            {
                "S": "200.00",
                "P": "250.00",
                "R": "350.00",
                "W": "200.00",
                "C": "200.00",
            },
        )

    def test_a_price_set_by_staff_replaces_the_default(self):
        showtime = make_showtime(price="200.00")
        showtime.seat_prices.create(seat_class="P", price="222.00")
        fresh = Showtime.objects.for_seat_map().get()
        self.assertEqual((fresh.class_prices["P"], fresh.class_prices["R"]), (Decimal(222), Decimal(350)))

    def test_a_class_has_one_price_per_showtime(self):
        showtime = make_showtime()
        showtime.seat_prices.create(seat_class="P", price=1)
        with self.assertRaises(IntegrityError), transaction.atomic():
            showtime.seat_prices.create(seat_class="P", price=2)
