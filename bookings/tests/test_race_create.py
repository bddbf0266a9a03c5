"""Twelve visitors book the same seats at once, without Redis: SQL alone must prevent double sales."""

from functools import partial

from bookings.models import Booking
from bookings.refusals import BookingWaiting, SeatsUnavailable

from .support.races import RIVALS, ROUNDS, instances_of, make_rivals, on_real_servers, race, without_row_locks
from .support.steps import (
    CommittedBookingTestCase,
    create_without_locks,
    hold,
    make_showtime,
    start_booking,
    url,
)

SEATS = ["A1", "A2"]


@on_real_servers
class CreateBookingRaceTests(CommittedBookingTestCase):
    def setUp(self):
        super().setUp()
        self.rivals = make_rivals()

    def test_one_of_twelve_books_and_the_others_are_told_which_seats_are_taken(self):
        showtime = make_showtime()

        outcomes = race(*[partial(create_without_locks, rival, showtime, SEATS) for rival in self.rivals])

        refused = instances_of(SeatsUnavailable, outcomes)
        self.assertEqual([len(instances_of(Booking, outcomes)), len(refused)], [1, RIVALS - 1])
        self.assertEqual([refusal.seats for refusal in refused], [SEATS] * (RIVALS - 1))
        self.assertEqual(Booking.objects.filter(showtime=showtime).count(), 1)

    def test_control_without_the_row_lock_several_book_the_same_seats(self):
        for _ in range(ROUNDS):
            showtime = make_showtime()
            with without_row_locks():
                race(*[partial(create_without_locks, rival, showtime, SEATS) for rival in self.rivals])
            if Booking.objects.filter(showtime=showtime).count() > 1:
                return
        self.fail("twelve rivals without a lock never booked the same seat")

    def test_twelve_clicks_of_one_visitor_create_one_booking(self):
        showtime, ann = make_showtime(), self.rivals[0]
        hold(ann, showtime, SEATS)

        def click():
            return start_booking(ann, showtime, SEATS)

        outcomes = race(*[click] * RIVALS)

        self.assertEqual(
            [len(instances_of(Booking, outcomes)), len(instances_of(BookingWaiting, outcomes))],
            [1, RIVALS - 1],
        )
        self.assertEqual(Booking.objects.filter(showtime=showtime).count(), 1)
        self.assertRaises(BookingWaiting, click)

    def test_posting_the_form_again_leads_to_the_booking_that_it_created(self):
        showtime, ann = make_showtime(), self.rivals[0]
        hold(ann, showtime, SEATS)
        self.client.force_login(ann)
        self.client.get(url("create_booking", showtime))

        first, second = [
            self.client.post(url("create_booking", showtime), {"seat_ids": SEATS}) for _ in range(2)
        ]

        self.assertEqual([first.status_code, second.status_code], [302, 302])
        self.assertEqual(first["Location"], second["Location"])
