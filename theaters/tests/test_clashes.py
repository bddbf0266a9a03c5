"""A movie's length changes later: no showtime is moved, and staff see which showtimes overlap."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import make_movie, make_screen, make_showtime
from theaters import schedule
from theaters.models import Showtime

from .test_admin import StaffTestCase, admin_url


class ClashTests(StaffTestCase):
    """Three showtimes start in 10, 13 and 16 hours. Each runs two hours, and cleaning takes half an hour."""

    def setUp(self):
        super().setUp()
        self.now = timezone.now()
        self.screen, self.movie = make_screen(), make_movie("Long")
        self.first, self.second, self.third = (self.play(hours) for hours in (10, 13, 16))

    def play(self, hours, **fields):
        start = self.now + timedelta(hours=hours)
        return make_showtime(**{"screen": self.screen, "movie": self.movie, "start_time": start, **fields})

    def found(self):
        return schedule.clashes(Showtime.objects.all(), now=self.now)

    def lengthen(self, minutes, movie=None):
        movie = movie or self.movie
        movie.duration = minutes
        movie.save()

    def said(self, url, **fields):
        response = self.client.post(url, fields, follow=True)
        return [str(message) for message in response.context["messages"]][:-1]  # the last: it was saved

    def save_movie(self, movie, **fields):
        url = reverse("admin:movies_movie_change", args=[movie.pk])
        old = {"title": movie.title, "release_date": movie.release_date, "slug": movie.slug}
        return self.said(url, **{**old, "duration": movie.duration, **fields})

    def test_showtimes_that_leave_each_other_room_do_not_clash(self):
        self.assertEqual(self.found(), [])

    def test_each_clash_is_found_with_the_showtime_before_it(self):
        self.lengthen(151)

        self.assertEqual(self.found(), [(self.second, self.first), (self.third, self.second)])

    def test_a_long_movie_clashes_with_all_that_follow(self):
        long = make_movie(duration=120)
        self.first.movie = long
        self.first.save()
        self.lengthen(600, long)

        self.assertEqual(self.found(), [(self.second, self.first), (self.third, self.first)])

    def test_another_screen_a_cancelled_showtime_and_one_that_has_begun_do_not_matter(self):
        self.play(10, screen=make_screen())
        self.play(-1, screen=self.screen), self.play(-2, screen=self.screen)
        Showtime.objects.filter(pk=self.second.pk).update(cancelled_at=self.now)
        self.lengthen(151)

        self.assertEqual(self.found(), [])

    def test_a_running_movie_may_clash_with_the_next(self):
        running = self.play(-1)
        next_one = self.play(2)

        self.assertEqual(self.found(), [])
        self.lengthen(151)
        self.assertEqual(self.found()[0], (next_one, running))

    def test_a_longer_movie_is_saved_with_a_warning_of_clashes(self):
        self.assertEqual(
            self.save_movie(self.movie, duration=151),
            [f"2 showtimes start before their screens are free. The first is {self.second}."],
        )
        self.movie.refresh_from_db()
        self.assertEqual(self.movie.duration, 151)

    def test_other_movies_and_unchanged_durations_cause_no_warning(self):
        other = make_movie(duration=90)
        self.play(20, movie=other)
        self.lengthen(151)

        self.assertEqual(self.save_movie(other, duration=91), [])
        self.assertEqual(self.save_movie(self.movie, description="Long."), [])

    def test_longer_cleaning_is_saved_with_a_warning_of_clashes(self):
        theater = self.screen.theater
        self.third.delete()
        fields = {
            "name": theater.name, "slug": theater.slug, "city": theater.city_id,
            "doors_minutes": 20, "adverts_minutes": 15, "cleaning_minutes": 46,
            "screens-TOTAL_FORMS": 0, "screens-INITIAL_FORMS": 0,
        }  # fmt: skip
        self.assertEqual(
            self.said(admin_url(theater), **fields),
            [f"1 showtime starts before its screen is free: {self.second}."],
        )
