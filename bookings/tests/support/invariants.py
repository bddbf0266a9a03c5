"""What must be true of a showtime whatever has happened to it; asked of the rows themselves."""

from collections import defaultdict

from bookings.models import Booking, DemoIntent, Payment, Ticket
from bookings.payments import SUCCEEDED
from theaters.models import Showtime


def kept_of(booking):
    """What the demo provider has taken for the booking and not given back, in minor units."""
    return sum(intent.amount - intent.refunded for intent in taken_for(booking))


def taken_for(booking):
    return DemoIntent.objects.filter(reference=booking.reference, status=SUCCEEDED)


def price_of(booking):
    return int(booking.total_amount * 100)


def assert_seats_true(test, showtime):
    """No seat twice, tickets for CONFIRMED bookings alone and for each of their seats, and a true counter."""
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


def assert_money_true(test, showtime):
    """A CONFIRMED booking is paid once; of any other nothing is kept, unless its payment is still open."""
    bookings = Booking.objects.filter(showtime=showtime).exclude(status="CANCELLED")
    for booking in bookings.exclude(payments__status=Payment.Status.OPEN):
        expected = price_of(booking) if booking.status == "CONFIRMED" else 0
        test.assertEqual(kept_of(booking), expected, f"{booking.status} booking of {booking.seats}")
