"""Movies of one title made at the same moment. On PostgreSQL: SQLite lets one write at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest import skipUnless

from django.db import connection, connections
from django.test import TransactionTestCase

from moviebooking.testing import make_movie
from movies.models import Movie

RIVALS = 6


@skipUnless(connection.vendor == "postgresql", "needs rows that two connections can write at once")
class SlugRaceTests(TransactionTestCase):
    def test_each_of_many_movies_of_one_title_gets_a_slug_of_its_own(self):
        start = Barrier(RIVALS)

        def make(number):
            try:
                connection.ensure_connection()
                start.wait(timeout=30)
                return make_movie("Drishyam").slug
            finally:
                connections.close_all()

        with ThreadPoolExecutor(RIVALS) as pool:
            slugs = list(pool.map(make, range(RIVALS)))

        self.assertEqual(
            sorted(slugs), ["drishyam", *(f"drishyam-{number}" for number in range(2, RIVALS + 1))]
        )
        self.assertEqual(Movie.objects.count(), RIVALS)
