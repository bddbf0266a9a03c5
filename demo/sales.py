"""Sales for the demo cinema, made by the same functions as real ones."""

import random
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model

from bookings import lifecycle, payment_records, pricing
from bookings.minor_units import minor
from bookings.models import Booking
from bookings.payments import provider
from bookings.references import new_reference
from bookings.seats import locks
from bookings.seats.showtime_snapshot import snapshot_of
from theaters.layout import STEP_FREE

SHARES = (0.12, 0.45, 0.7, 0.93, 0.3, 0.985)  # of the capacity, for one showtime after the other
GROUP_SIZES = (1, 2, 2, 2, 3, 4, 4, 5)
GUEST = "demo-guest"


def sell_some(*, showtimes, now):
    """Sell part of each showtime without bookings. Return the number of tickets.

    `showtimes` come from `for_seat_map`. The same showtimes always sell the same seats.
    """
    guest, _ = get_user_model().objects.get_or_create(username=GUEST, defaults={"is_active": False})
    busy = set(Booking.objects.filter(showtime__in=showtimes).values_list("showtime_id", flat=True))
    sold = 0
    for number, showtime in enumerate(showtimes):
        if showtime.pk not in busy and showtime.start_time > now:
            seats = _some_seats(showtime.screen.seating, SHARES[number % len(SHARES)], seed=number)
            sold += _sell(showtime, seats, guest, now)
    return sold


def _sell(showtime, seats, guest, now):
    """Book all these seats at once. The hold in Redis is left out: there are no rivals."""
    booking = lifecycle.create_pending(
        reference=new_reference(),
        user=guest,
        showtime_id=showtime.pk,
        seats=seats,
        quote=snapshot_of(showtime).quote(seats),
        refund_tiers=pricing.parse_tiers(settings.REFUND_TIERS),
        expires_at=now + timedelta(minutes=1),
        now=now,
    )
    amount = minor(booking.total_amount, booking.currency)
    payment = lifecycle.open_payment(booking_id=booking.pk, provider="demo", amount=amount, now=now)
    bank = provider("demo")
    intent = bank.create_intent(
        key=payment.key, reference=booking.reference, amount=amount, currency=booking.currency
    )
    payment_records.record_intent_id(payment, intent.id)
    bank.pay(intent.id)
    lifecycle.confirm(payment_id=payment.pk, now=now)
    locks.drop_map(showtime.pk, now)
    return len(seats)


def _some_seats(seating, share, *, seed):
    """Return labels of about that share of the seats, in groups, mostly in the back rows."""
    dice = random.Random(seed)
    rows = [[seat.label for seat in row if seat and seat.code not in STEP_FREE] for row in seating.rows]
    rows = [row for row in rows if row]
    wanted, taken = round(seating.capacity * share), set()
    for _ in range(seating.capacity * 4):
        if len(taken) >= wanted:
            break
        row = rows[max(dice.randrange(len(rows)), dice.randrange(len(rows)))]
        size = min(dice.choice(GROUP_SIZES), len(row), wanted - len(taken))
        first = dice.randrange(len(row) - size + 1)
        group = row[first : first + size]
        if not taken & set(group):
            taken |= set(group)
    left = [label for row in reversed(rows) for label in row if label not in taken]
    taken |= set(left[: wanted - len(taken)])  # where no group fits any more
    return [label for label in seating.seats if label in taken]
