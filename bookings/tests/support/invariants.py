"""Assertions about a showtime's rows that must hold whatever has happened."""

from collections import defaultdict

from bookings.models import Booking, DemoIntent, Payment, Ticket
from bookings.payments import SUCCEEDED
from theaters.models import Showtime


def money_kept_for(booking):
    """Return what the demo provider took for the booking and did not refund, in minor units."""
    return sum(intent.amount - intent.refunded for intent in intents_paid_for(booking))


def intents_paid_for(booking):
    return DemoIntent.objects.filter(reference=booking.reference, status=SUCCEEDED)


def price_of(booking):
    return int(booking.total_amount * 100)


def assert_seats_consistent(test, showtime):
    """Assert that no seat is sold twice, that exactly the seats of CONFIRMED bookings have tickets, and that
    `available_seats` is right.
    """
    tickets = defaultdict(list)
    for booking_id, seat in (
        Ticket.objects.valid().filter(showtime=showtime).values_list("booking_id", "seat")
    ):
        tickets[booking_id].append(seat)
    sold = [seat for seats in tickets.values() for seat in seats]
    test.assertEqual(len(sold), len(set(sold)), f"sold: {sold}")
    for booking in Booking.objects.filter(showtime=showtime):
        expected = booking.seats if booking.status == "CONFIRMED" else []
        test.assertEqual(sorted(tickets[booking.pk]), sorted(expected))
    fresh = Showtime.objects.select_related("screen").get(pk=showtime.pk)
    test.assertEqual(fresh.available_seats, fresh.capacity - len(sold))


def assert_money_consistent(test, showtime):
    """Assert that CONFIRMED bookings are paid once, and all others refunded unless their payment is open."""
    bookings = Booking.objects.filter(showtime=showtime).exclude(status="CANCELLED")
    for booking in bookings.exclude(payments__status=Payment.Status.OPEN):
        expected = price_of(booking) if booking.status == "CONFIRMED" else 0
        test.assertEqual(money_kept_for(booking), expected, f"{booking.status} booking of {booking.seats}")
