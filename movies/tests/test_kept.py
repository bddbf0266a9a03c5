from datetime import timedelta
from threading import Event, Thread

from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone

from movies import catalogue
from movies.kept import FRESH, STALE, kept

from .test_catalogue import AWAY, SHARED


@SHARED
class KeptTests(TransactionTestCase):
    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)
        self.now, self.made = timezone.now(), []

    def read(self, *, later=timedelta(), keep=True):
        def make():
            self.made.append(len(self.made) + 1)
            return self.made[-1], keep

        return kept("thing", make, now=self.now + later)

    def test_a_thing_is_made_once_while_it_is_fresh(self):
        almost = FRESH - timedelta(milliseconds=1)

        self.assertEqual([self.read(), self.read(later=almost), self.read(later=FRESH)], [1, 1, 2])

    def test_it_is_made_again_once_the_catalogue_has_changed(self):
        self.read()

        catalogue.touch()

        self.assertEqual(self.read(), 2)

    def test_a_change_while_it_is_made_makes_it_be_made_again(self):
        def make():
            catalogue.touch()
            return "old", True

        kept("thing", make, now=self.now)

        self.assertEqual(self.read(), 1)

    def test_what_is_not_worth_keeping_is_made_each_time(self):
        self.assertEqual([self.read(keep=False), self.read(keep=False)], [1, 2])

    def test_nothing_is_kept_inside_a_transaction(self):
        with transaction.atomic():
            self.assertEqual([self.read(), self.read()], [1, 2])

        self.assertEqual(self.read(), 3)

    def test_it_is_kept_in_the_memory_of_a_single_process_too(self):
        with self.settings(REDIS_URL=""):
            self.assertEqual([self.read(), self.read()], [1, 1])

    @AWAY
    def test_an_unavailable_cache_keeps_nothing(self):
        self.assertEqual([self.read(), self.read()], [1, 2])

    def test_an_error_leaves_it_to_the_next_request(self):
        with self.assertRaises(ZeroDivisionError):
            kept("thing", lambda: 1 / 0, now=self.now)

        self.assertEqual(self.read(), 1)


@SHARED
class ManyAtOnceTests(TransactionTestCase):
    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)
        self.now = timezone.now()
        self.began, self.may_end = Event(), Event()
        self.addCleanup(self.may_end.set)

    def make_slowly(self):
        self.began.set()
        self.may_end.wait(10)
        return "new", True

    def start(self, make, results):
        def run():
            try:
                results.append(kept("thing", make, now=self.now + FRESH))
            finally:
                connection.close()

        thread = Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        return thread

    def test_the_old_one_serves_while_another_thread_makes_a_new_one(self):
        kept("thing", lambda: ("old", True), now=self.now)
        results = []
        maker = self.start(self.make_slowly, results)
        self.began.wait(10)

        meanwhile = kept("thing", self.fail, now=self.now + FRESH)
        self.may_end.set()
        maker.join()

        self.assertEqual((meanwhile, results), ("old", ["new"]))
        self.assertEqual(kept("thing", self.fail, now=self.now + FRESH), "new")

    def test_if_there_is_none_yet_the_others_wait_for_it(self):
        results = []
        maker = self.start(self.make_slowly, results)
        self.began.wait(10)
        other = self.start(self.fail, results)

        self.may_end.set()
        maker.join()
        other.join()

        self.assertEqual(results, ["new", "new"])

    def test_nobody_waits_for_long(self):
        self.start(self.make_slowly, [])
        self.began.wait(10)

        self.assertEqual(kept("thing", lambda: ("own", True), now=self.now), "own")

    def test_an_old_one_is_forgotten_soon(self):
        self.assertLessEqual(FRESH + STALE, timedelta(seconds=10))
