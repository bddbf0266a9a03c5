"""Tickets: one valid ticket for each seat, all of a booking's or none, and the count of available seats."""

from datetime import timedelta

from django.db import IntegrityError, connection
from django.utils import timezone

from bookings import tickets
from bookings.models import Booking, Ticket
from bookings.refusals import SeatsUnavailable
from theaters.models import Screen

from .support.steps import BookingTestCase, buy, make_showtime, make_user, stored


class IssueTicketsTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann, cls.bob = make_showtime("SSSSSS"), make_user(), make_user()

    def booking_of(self, *seats, showtime=None):
        return Booking.objects.create(
            user=self.bob, showtime=showtime or self.showtime, seats=list(seats), total_amount=100
        )

    def free_seats(self):
        self.showtime.refresh_from_db()
        return self.showtime.available_seats

    def test_issuing_creates_one_ticket_for_each_seat_and_counts_the_free_seats(self):
        booking = self.booking_of("A2", "A1")

        tickets.issue(booking)

        made = Ticket.objects.values_list("booking", "showtime", "seat", "voided_at")
        expected = [(booking.pk, self.showtime.pk, seat, None) for seat in ("A2", "A1")]
        self.assertEqual([list(made), self.free_seats()], [expected, 4])
        self.assertEqual(Ticket.objects.values("code").distinct().count(), 2)

    def test_issuing_a_sold_seat_raises_and_writes_nothing(self):
        buy(self.ann, self.showtime, ["A2"])

        with self.assertRaises(SeatsUnavailable) as refused:
            tickets.issue(self.booking_of("A1", "A2", "A3"))

        self.assertEqual(refused.exception.seats, ["A2"])
        self.assertEqual([Ticket.objects.get().seat, self.free_seats()], ["A2", 5])

    def test_a_violated_constraint_raises_the_same_refusal(self):
        """The booking, written past every check, has one seat twice."""
        with self.assertRaises(SeatsUnavailable) as refused:
            tickets.issue(self.booking_of("A1", "A1"))

        self.assertIsInstance(refused.exception.__cause__, IntegrityError)
        self.assertEqual(refused.exception.seats, ["A1", "A1"])
        self.assertFalse(connection.needs_rollback)
        self.assertEqual([Ticket.objects.count(), self.free_seats()], [0, 6])

    def test_void_tickets_and_other_showtimes_do_not_conflict(self):
        tickets.void(buy(self.ann, self.showtime, ["A1"]), now=timezone.now())
        buy(self.ann, make_showtime("SSSSSS"), ["A1"])

        tickets.issue(self.booking_of("A1"))

        self.assertEqual(self.free_seats(), 5)

    def test_seats_of_other_showtimes_are_not_counted(self):
        other = make_showtime(screen=self.showtime.screen)
        buy(self.ann, other, ["A1", "A2"])

        tickets.issue(self.booking_of("A1"))

        other.refresh_from_db()
        self.assertEqual([other.available_seats, self.free_seats()], [4, 5])

    def test_no_seat_is_left_if_more_are_sold_than_the_layout_has_now(self):
        buy(self.ann, self.showtime, ["A1", "A2"])
        cancelled = buy(self.ann, self.showtime, ["A3"])
        Screen.objects.filter(pk=self.showtime.screen_id).update(layout="S")

        tickets.void(stored(cancelled), now=timezone.now())

        self.assertEqual(self.free_seats(), 0)


class VoidTicketsTests(BookingTestCase):
    def test_only_that_bookings_tickets_are_voided_and_only_once(self):
        showtime, ann, now = make_showtime("SSSSSS"), make_user(), timezone.now()
        given_up, kept = buy(ann, showtime, ["A1", "A2"]), buy(make_user(), showtime, ["A3"])
        tickets.void(given_up, now=now)

        tickets.void(given_up, now=now + timedelta(hours=1))

        self.assertEqual(set(given_up.tickets.values_list("voided_at", flat=True)), {now})
        self.assertEqual([ticket.seat for ticket in kept.tickets.valid()], ["A3"])
        showtime.refresh_from_db()
        self.assertEqual(showtime.available_seats, 5)


class TicketLinkTests(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.mine, self.other = buy(make_user(), make_showtime(), ["A1", "A2"]).tickets.all()

    def link_of(self, ticket):
        return Ticket.objects.values_list("link_code", flat=True).get(pk=ticket.pk)

    def test_a_ticket_shared_twice_has_the_same_link_and_no_other_ticket_has_one(self):
        link = tickets.share(self.mine).link_code

        self.assertEqual(tickets.share(self.mine).link_code, link)
        self.assertEqual([self.link_of(self.mine), self.link_of(self.other)], [link, None])

    def test_ending_sharing_removes_the_link_and_the_next_one_differs(self):
        first, other = tickets.share(self.mine).link_code, tickets.share(self.other).link_code
        tickets.end_sharing(self.mine)

        self.assertEqual([self.link_of(self.mine), self.link_of(self.other)], [None, other])
        self.assertNotIn(tickets.share(self.mine).link_code, {None, first})

    def test_a_void_ticket_cannot_be_shared(self):
        tickets.void(self.mine.booking, now=timezone.now())

        self.assertIsNone(tickets.share(self.mine).link_code)
