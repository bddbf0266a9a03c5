from django.core.cache import cache
from django.db import transaction
from django.test import TransactionTestCase, override_settings

from moviebooking.testing import make_movie
from movies import catalogue
from movies.models import Genre, Language, Movie

SHARED = override_settings(
    REDIS_URL="redis://shared.test",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
)
AWAY = override_settings(
    REDIS_URL="redis://127.0.0.1:1/0",
    CACHES={
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.2},
        }
    },
)


class Maker:
    """Something to remember that counts how often it is made."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return [self.times]


@SHARED
class SharedCatalogueTests(TransactionTestCase):
    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)
        self.make = Maker()

    def read(self):
        return catalogue.remembered("things", self.make)

    def test_a_result_is_cached(self):
        self.assertEqual([self.read(), self.read()], [[1], [1]])

    def test_touch_clears_the_cache(self):
        self.read()

        catalogue.touch()

        self.assertEqual(self.read(), [2])

    def test_an_empty_list_is_cached(self):
        reads = [catalogue.remembered("none", lambda: []), catalogue.remembered("none", self.make)]

        self.assertEqual(reads, [[], []])

    def test_any_change_to_the_catalogue_clears_the_cache(self):
        movie, genre = make_movie(language="Hindi"), Genre.objects.create(name="Noir")
        changes = {
            "a new movie": lambda: make_movie(),
            "a changed movie": movie.save,
            "a genre given to a movie": lambda: movie.genres.add(genre),
            "a changed genre": genre.save,
            "a changed language": Language.objects.get().save,
            "a genre that goes": genre.delete,
            "a deleted movie": movie.delete,
        }

        for name, change in changes.items():
            with self.subTest(name):
                before = self.read()
                change()
                self.assertNotEqual(self.read(), before)

    def test_a_change_that_is_rolled_back_keeps_the_cache(self):
        self.read()

        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            make_movie()
            raise ZeroDivisionError

        self.assertEqual((self.read(), Movie.objects.count()), ([1], 0))

    def test_nothing_is_cached_inside_a_transaction(self):
        with transaction.atomic():
            self.read()

        self.assertEqual(self.read(), [2])


class NoSharedCatalogueTests(TransactionTestCase):
    @override_settings(REDIS_URL="")
    def test_a_cache_of_this_process_alone_is_not_used(self):
        make = Maker()

        self.assertEqual([catalogue.remembered("things", make) for _ in range(2)], [[1], [2]])

    @AWAY
    def test_an_unavailable_cache_is_ignored(self):
        make_movie("Sholay")  # touches it

        titles = [catalogue.remembered("titles", lambda: [str(movie) for movie in Movie.objects.all()])]

        self.assertEqual((titles, catalogue.version()), ([["Sholay"]], None))
