import shutil
import tempfile
from datetime import timedelta
from io import StringIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from demo import accounts, loading
from demo.layouts import LAYOUTS
from demo.movies import DEMO_MOVIES
from demo.places import DEMO_CITIES
from demo.posters import ART, PALETTES, draw
from moviebooking.testing import make_movie, make_user
from movies.models import Genre, Language, Movie
from theaters.layout import parse
from theaters.models import City, Screen, Showtime, Theater

CHENNAI = DEMO_CITIES[3]
SMALL_THEATERS = [demo_theater._replace(layouts=["salon"]) for demo_theater in CHENNAI.theaters]
SOME_CITIES = [CHENNAI._replace(theaters=SMALL_THEATERS)]
SOME_MOVIES = [entry for entry in DEMO_MOVIES if entry.title in ("Kaithi", "'96", "Vikram", "Roja")]
COMING = [entry for entry in SOME_MOVIES if isinstance(entry.released, int)]


class DataTests(SimpleTestCase):
    def test_the_demo_has_enough_cities_theaters_screens_and_movies(self):
        demo_theaters = [demo_theater for demo_city in DEMO_CITIES for demo_theater in demo_city.theaters]
        screens = [layout for demo_theater in demo_theaters for layout in demo_theater.layouts]
        self.assertEqual(
            [len(DEMO_CITIES), len(demo_theaters), len(screens), len(DEMO_MOVIES)], [5, 11, 28, 47]
        )
        self.assertEqual(len({demo_theater.name for demo_theater in demo_theaters}), 11)
        self.assertEqual(len({entry.title for entry in DEMO_MOVIES}), 47)

    def test_forty_movies_have_true_dates_and_rereleases_name_their_year(self):
        true = [entry for entry in DEMO_MOVIES if not isinstance(entry.released, int)]
        self.assertEqual(len(true), 40)
        for entry in DEMO_MOVIES:
            with self.subTest(entry.title):
                if entry in true:
                    self.assertEqual(entry.year, entry.released.year)
                else:
                    self.assertIn(str(entry.year), entry.words)

    def test_layouts_have_80_to_420_seats_and_no_two_the_same_number(self):
        sizes = sorted(parse(layout).capacity for layout in LAYOUTS.values())
        self.assertGreaterEqual(sizes[0], 80)
        self.assertLessEqual(sizes[-1], 420)
        self.assertGreater(sizes[-1], 380)
        self.assertEqual(len(set(sizes)), len(LAYOUTS))

    def test_every_layout_has_wheelchair_places_beside_companion_seats(self):
        for name, layout in LAYOUTS.items():
            with self.subTest(name):
                front = layout.split("\n")[0].strip("_")
                self.assertEqual((front[:2], front[-2:], layout.count("W")), ("WC", "CW", 2))

    def test_the_movies_are_in_many_languages(self):
        spoken = {entry.language for entry in DEMO_MOVIES}
        self.assertEqual(spoken & {"Hindi", "Tamil", "Telugu", "English", "Japanese"}, spoken - {
            "Bengali", "Malayalam", "Korean",
        })  # fmt: skip

    def test_every_movie_has_a_valid_description_rating_and_picture(self):
        for entry in DEMO_MOVIES:
            with self.subTest(entry.title):
                self.assertTrue(40 < len(entry.words) < 260)
                self.assertIn(entry.certificate, Movie.Certificate.values)
                self.assertTrue(entry.art[0] in ART and entry.art[1] in PALETTES)


class Posters(SimpleTestCase):
    def test_every_picture_makes_a_poster_of_two_by_three_and_no_two_are_alike(self):
        one_of_each = {entry.art[0]: entry for entry in DEMO_MOVIES}
        self.assertEqual(one_of_each.keys(), ART.keys())

        posters = [draw(entry) for entry in one_of_each.values()]

        self.assertEqual({poster.size for poster in posters}, {(800, 1200)})
        self.assertEqual(len({poster.tobytes() for poster in posters}), len(ART))

    def test_the_same_movie_is_drawn_the_same_again(self):
        self.assertEqual(draw(DEMO_MOVIES[5]).tobytes(), draw(DEMO_MOVIES[5]).tobytes())


class Loading(TestCase):
    @classmethod
    def setUpTestData(cls):
        media = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, media)
        cls.enterClassContext(override_settings(MEDIA_ROOT=media))
        cls.now = timezone.now().replace(hour=4, minute=0)  # half past nine in the morning, in the theaters
        cls.kaithi = make_movie("Kaithi", genres=["ACTION"], language="tamil")
        cls.loaded = cls.load()

    @classmethod
    def load(cls, scale=1, now=None):
        return loading.load(scale=scale, now=now or cls.now, cities=SOME_CITIES, movies=SOME_MOVIES)

    def rows(self):
        """Return the rows of all tables that loading writes to, for comparison."""
        models = (City, Theater, Screen, Showtime, Movie, get_user_model())
        return [list(model.objects.order_by("pk").values()) for model in models]

    def test_loading_creates_the_cinema_and_a_week_of_showtimes(self):
        loaded = self.loaded
        self.assertEqual([loaded.movies, loaded.theaters, loaded.screens], [len(SOME_MOVIES) - 1, 2, 2])
        days = Showtime.objects.days([City.objects.get().zone])
        self.assertEqual(len(days), 8)
        self.assertEqual(loaded.showtimes, Showtime.objects.count())

    def test_loading_again_changes_nothing(self):
        before = self.rows()
        loaded = self.load(now=self.now + timedelta(hours=5))
        self.assertEqual([loaded.movies, loaded.screens, loaded.showtimes, loaded.tickets], [0, 0, 0, 0])
        self.assertEqual(self.rows(), before)

    def test_loading_on_the_next_day_adds_a_day_and_deletes_nothing(self):
        before = set(Showtime.objects.values_list("pk", flat=True))
        loaded = self.load(now=self.now + timedelta(days=1))
        after = set(Showtime.objects.values_list("pk", flat=True))
        self.assertGreater(loaded.showtimes, 0)
        self.assertEqual(len(after), len(before) + loaded.showtimes)
        self.assertLess(before, after)
        self.assertEqual(len(Showtime.objects.days([City.objects.get().zone])), 9)

    def test_what_staff_have_changed_stays_changed(self):
        Theater.objects.filter(name="Silver Palm").update(name="Golden Palm")
        Screen.objects.update(name="Blue Room")
        Movie.objects.filter(title="Kaithi").update(description="Ours.")
        before = self.rows()
        self.load()
        self.assertEqual(self.rows(), before)

    def test_nothing_overlaps_and_nothing_has_begun(self):
        for showtime in Showtime.objects.for_cards():
            showtime.full_clean()
            self.assertGreater(showtime.start_time, self.now)

    def test_coming_movies_have_no_showtime_yet(self):
        coming = Movie.objects.filter(release_date__gt=self.now.date())
        self.assertEqual(list(coming.values_list("title", flat=True)), [entry.title for entry in COMING])
        self.assertEqual(Showtime.objects.filter(movie__in=coming).count(), 0)

    def test_available_seats_agree_with_tickets(self):
        sold = 0
        for showtime in Showtime.objects.for_seat_map():
            tickets = showtime.tickets.filter(voided_at=None).count()
            self.assertEqual(showtime.available_seats, showtime.capacity - tickets)
            sold += tickets
        self.assertGreater(sold, 0)
        self.assertEqual(self.loaded.tickets, sold)
        states = {str(showtime.availability) for showtime in Showtime.objects.for_cards()}
        self.assertLessEqual({"available", "filling"}, states)

    def test_every_movie_has_a_poster_that_pages_can_scale(self):
        for movie in Movie.objects.exclude(pk=self.kaithi.pk):
            self.assertEqual((movie.poster_width, movie.poster_height), (800, 1200))

    def test_a_scale_of_three_is_everything_three_times_with_the_same_posters(self):
        self.load(scale=3)
        counts = [model.objects.count() for model in (City, Theater, Screen, Movie)]
        self.assertEqual(counts, [3, 6, 6, 3 * len(SOME_MOVIES)])
        self.assertEqual(Movie.objects.values("poster").distinct().count(), len(SOME_MOVIES))
        self.assertGreater(Showtime.objects.filter(screen__theater__slug="silver-palm-3").count(), 20)

    def test_a_larger_scale_adds_to_a_smaller_one(self):
        before = set(Showtime.objects.values_list("pk", flat=True))
        self.load(scale=2)
        self.assertLess(before, set(Showtime.objects.values_list("pk", flat=True)))
        self.assertEqual(City.objects.count(), 2)

    def test_genres_and_languages_that_were_there_before_keep_their_capitals(self):
        named = [*Genre.objects.filter(name__iexact="action"), *Language.objects.filter(name__iexact="tamil")]
        self.assertEqual([(one.name, one.movies.count()) for one in named], [("ACTION", 2), ("tamil", 4)])

    def test_a_movie_that_was_there_before_is_the_demos_movie(self):
        self.assertEqual(list(Movie.objects.filter(title="Kaithi")), [self.kaithi])
        self.assertTrue(self.kaithi.showtimes.exists())


class Accounts(TestCase):
    def load(self):
        return {
            one.username: one
            for one in loading.load(scale=1, now=timezone.now(), cities=[], movies=[]).accounts
        }

    @override_settings(DEBUG=True)
    def test_a_development_site_gets_passwords_that_stay_the_same(self):
        first, again = self.load(), self.load()
        self.assertEqual(first, again)
        for username, is_staff in (("demo", False), ("demo-staff", True)):
            user = get_user_model().objects.get(username=username)
            self.assertTrue(user.check_password(first[username].password))
            self.assertEqual((user.is_staff, user.is_superuser), (is_staff, is_staff))

    def test_a_production_site_gets_random_passwords_and_prints_them_once(self):
        first, again = self.load(), self.load()
        user = get_user_model().objects.get(username="demo-staff")
        self.assertTrue(user.check_password(first["demo-staff"].password))
        self.assertFalse(user.check_password("demo-staff-2468"))
        self.assertEqual([one.password for one in again.values()], ["", ""])

    @override_settings(DEBUG=True)
    def test_an_existing_account_is_found_ignoring_case(self):
        make_user("Demo", email="")
        self.assertEqual(self.load()["Demo"], accounts.Account("Demo", "", False))

    @override_settings(DEBUG=True)
    def test_an_email_address_in_use_is_not_taken(self):
        make_user("ann", email="Demo@Example.com")
        self.load()
        self.assertEqual(get_user_model().objects.get(username="demo").email, "")

    @override_settings(DEBUG=True)
    def test_a_changed_password_is_not_printed(self):
        self.load()
        demo_user = get_user_model().objects.get(username="demo")
        demo_user.set_password("changed-1357")
        demo_user.save()
        self.assertEqual([one.password for one in self.load().values()], ["", "demo-staff-2468"])


class SettingsTests(SimpleTestCase):
    def test_the_settings_name_the_app_and_nothing_inside_it(self):
        named = [
            name for name in dir(settings) if name.isupper() and "demo." in str(getattr(settings, name, ""))
        ]

        self.assertIn("demo", settings.INSTALLED_APPS)
        self.assertEqual(named, [])


class CommandTests(TestCase):
    def test_an_invalid_scale_is_refused(self):
        for scale in ("0", "-1", "many"):
            with self.subTest(scale), self.assertRaises(CommandError):
                call_command("seed_demo", "--scale", scale, stdout=StringIO())
