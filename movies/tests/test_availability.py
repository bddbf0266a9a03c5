from datetime import timedelta

from django.test import TestCase
from django.utils import timezone

from moviebooking.testing import make_movie, make_showtime
from movies import availability, listing


def words(movies):
    showtimes = listing.showtimes_on_sale(now=timezone.now())
    return [movie.availability for movie in availability.add_availability(movies, showtimes)]


class AvailabilityTests(TestCase):
    def test_the_showtime_with_the_most_available_seats_decides(self):
        movie = make_movie()
        for days, free in [(1, 0), (2, availability.FEW), (3, 4)]:
            make_showtime("S" * 50, movie=movie, available_seats=free, starts_in=timedelta(days=days))
        self.assertEqual(words([movie]), ["few"])

        make_showtime(
            "S" * 50, movie=movie, available_seats=availability.FEW + 1, starts_in=timedelta(days=4)
        )

        self.assertEqual(words([movie]), [""])

    def test_a_movie_without_any_available_seat_is_sold_out(self):
        self.assertEqual(words([make_showtime(available_seats=0).movie]), ["sold_out"])

    def test_a_movie_without_showtimes_is_not_marked(self):
        gone = make_showtime(available_seats=0, starts_in=timedelta(minutes=-1)).movie

        self.assertEqual(words([gone, make_movie()]), ["", ""])

    def test_all_movies_together_cost_one_query(self):
        movies = [make_showtime().movie for _ in range(3)]

        with self.assertNumQueries(1):
            words(movies)
        with self.assertNumQueries(0):
            words([])
