"""What must be true of a showtime whatever has happened to it; asked of the rows themselves."""

from collections import Counter

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
    valid = Ticket.objects.valid().filter(showtime=showtime)
    sold = Counter(valid.values_list("seat", flat=True))
    test.assertEqual([seat for seat, times in sold.items() if times > 1], [])
    bookings = Booking.objects.filter(showtime=showtime)
    for booking in bookings:
        seats = sorted(valid.filter(booking=booking).values_list("seat", flat=True))
        test.assertEqual(seats, sorted(booking.seats) if booking.status == "CONFIRMED" else [])
    fresh = Showtime.objects.get(pk=showtime.pk)
    test.assertEqual(fresh.available_seats, fresh.capacity - sum(sold.values()))


def assert_money_true(test, showtime):
    """A CONFIRMED booking is paid once; of any other nothing is kept, unless its payment is still open."""
    for booking in Booking.objects.filter(showtime=showtime).exclude(status="CANCELLED"):
        if booking.payments.filter(status=Payment.Status.OPEN).exists():
            continue
        expected = price_of(booking) if booking.status == "CONFIRMED" else 0
        test.assertEqual(kept_of(booking), expected, f"{booking.status} booking of {booking.seats}")
