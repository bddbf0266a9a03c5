"""seats.json answers 304 while nothing has changed for the viewer, without building the answer again."""

from datetime import timedelta
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from bookings import checkout
from bookings.money import refunds, settlement
from bookings.seats import holds, live_map
from moviebooking import redis_connection
from theaters.models import Showtime

from .support.redis_faults import lose_keys, redis_down
from .support.steps import (
    BookingTestCase,
    book,
    create_without_locks,
    hold,
    make_showtime,
    make_user,
    seats_json,
    start_booking,
)


@override_settings(LIVE_MAP_SECONDS=600)
class SeatVersionTestCase(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.now = timezone.now()
        self.showtime, self.ann, self.bob = make_showtime("SSSSSS"), make_user(), make_user()

    def picture(self, *, now=None):
        return live_map.picture_of(self.showtime.pk, now=now or self.now)

    def get(self, etag=""):
        return seats_json(self.client, self.showtime, if_none_match=etag)


class NotModifiedTests(SeatVersionTestCase):
    def test_an_unchanged_map_is_304_with_its_etag_and_without_a_body(self):
        fresh = self.get()

        same = self.get(fresh["ETag"])

        self.assertEqual([fresh.status_code, same.status_code, same.content], [200, 304, b""])
        self.assertEqual(same["ETag"], fresh["ETag"])
        self.assertEqual(same["Cache-Control"], "private, no-cache")

    def test_an_unchanged_map_costs_one_short_answer_of_redis_and_no_sql(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        etag = self.get()["ETag"]
        redis, answers = redis_connection.client(), []
        execute = redis.execute_command

        def execute_and_note(*args, **options):
            answers.append(execute(*args, **options))
            return answers[-1]

        with mock.patch.object(redis, "execute_command", execute_and_note), self.assertNumQueries(0):
            self.assertEqual(self.get(etag).status_code, 304)

        [[word, _stamp]] = answers
        self.assertEqual(word, "same")

    def test_without_redis_the_etag_follows_the_content(self):
        with redis_down():
            etag = self.get()["ETag"]
            self.assertEqual(self.get(etag).status_code, 304)
            create_without_locks(self.bob, self.showtime, ["A1"])

            changed = self.get(etag)

        self.assertEqual([changed.status_code, changed.json()["held"]], [200, ["A1"]])


class ChangedVersionTests(SeatVersionTestCase):
    def test_each_step_of_a_sale_changes_the_version_and_looking_does_not(self):
        versions = [self.picture().version]

        def note(result=None):
            versions.append(self.picture().version)
            self.assertEqual(self.picture().version, versions[-1])
            return result

        note(hold(self.ann, self.showtime, ["A1"], now=self.now))
        note(hold(self.ann, self.showtime, ["A1", "A2"], now=self.now))
        note(checkout.release_seats(user_id=self.ann.pk, showtime_id=self.showtime.pk, now=self.now))
        note(hold(self.ann, self.showtime, ["A1"], now=self.now))
        booking = note(start_booking(self.ann, self.showtime, ["A1"], now=self.now))
        booking = note(settlement.pay_demo(booking=booking, succeeds=True, now=self.now))
        note(refunds.cancel_booking(booking=booking, now=self.now))
        booking = note(book(self.bob, self.showtime, ["A2"], now=self.now))
        note(checkout.drop_booking(booking=booking, now=self.now))
        note(holds.drop_map(self.showtime.pk, now=self.now))

        self.assertEqual(len(set(versions)), 11)

    def test_a_deadline_that_passes_changes_the_version_without_a_write(self):
        for claim in (hold, create_without_locks):
            with self.subTest(claim.__name__):
                self.showtime = make_showtime("SSSSSS")
                claim(self.bob, self.showtime, ["A1"], now=self.now)
                end = self.now + timedelta(minutes=10)
                times = (self.now, end - timedelta(milliseconds=1), end)

                seen = [self.picture(now=when) for when in times]

                same = [picture.version == seen[0].version for picture in seen]
                self.assertEqual(same, [True, True, False])
                self.assertEqual([picture.status_for(None).held for picture in seen], [["A1"], ["A1"], []])

    def test_a_change_by_staff_changes_the_version(self):
        before = self.picture().version
        showtime = Showtime.objects.get(pk=self.showtime.pk)
        showtime.price = "300.00"
        with self.captureOnCommitCallbacks(execute=True):
            showtime.save()

        self.assertNotEqual(self.picture().version, before)

    def test_viewers_have_etags_of_their_own(self):
        hold(self.ann, self.showtime, ["A1"])
        etags = {self.get()["ETag"]}
        for user in (self.ann, self.bob):
            self.client.force_login(user)
            answer = self.get(sorted(etags)[0])
            self.assertEqual([answer.status_code, answer.json()["mine"]], [200, ["A1"] * (user == self.ann)])
            etags.add(answer["ETag"])

        self.assertEqual(len(etags), 3)

    def test_a_redis_that_lost_everything_never_repeats_a_version(self):
        versions = set()
        for number in range(10):
            hold(self.ann, self.showtime, [f"A{number % 6 + 1}"], now=self.now)
            versions.add(self.picture().version)
            lose_keys()
            versions.add(self.picture().version)
            lose_keys()

        self.assertEqual(len(versions), 20)


class SharedPictureTests(SeatVersionTestCase):
    """A process keeps the last picture that it saw, for all viewers."""

    def test_an_unchanged_picture_is_not_built_again(self):
        hold(self.ann, self.showtime, ["A1"], now=self.now)

        self.assertIs(self.picture(), self.picture())

    def test_each_viewer_is_shown_their_own_seats_in_it(self):
        hold(self.ann, self.showtime, ["A1"], now=self.now)
        picture = self.picture()

        seen = [picture.status_for(user) for user in (self.ann.pk, self.bob.pk, None)]

        self.assertEqual([status.mine for status in seen], [["A1"], [], []])
        self.assertEqual([status.held for status in seen], [[], ["A1"], ["A1"]])
