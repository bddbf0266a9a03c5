"""The base classes of the booking tests, and a function for each step of a visitor."""

import secrets
from datetime import timedelta

from django.test import TestCase, TransactionTestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from bookings import checkout, lifecycle
from bookings.models import Booking
from bookings.money import settlement
from bookings.references import new_reference
from bookings.seats import live_map
from bookings.seats.showtime_snapshot import snapshot_of
from moviebooking.testing import JSON, make_showtime, make_user
from theaters.models import Showtime


class OwnLiveMaps:
    """Isolate holds: each test, and each class's setUpTestData, uses a Redis prefix of its own."""

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(_own_prefix())
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.enterContext(_own_prefix())


def _own_prefix():
    return override_settings(REDIS_KEY_PREFIX=f"test-{secrets.token_hex(6)}")


class BookingTestCase(OwnLiveMaps, TestCase):
    pass


class CommittedBookingTestCase(OwnLiveMaps, TransactionTestCase):
    """A base class for tests with threads or processes, which see only what is committed."""


def url(name, showtime):
    return reverse(f"bookings:{name}", args=[showtime.pk])


def hold_json(client, showtime, seats):
    return client.post(url("hold", showtime), {"seats": seats}, headers=JSON)


def seats_json(client, showtime, **headers):
    return client.get(url("seat_status", showtime), headers={**JSON, **headers})


def hold(user, showtime, seats, *, now=None, address="192.0.2.1"):
    """Hold these seats for the visitor. Return Held."""
    return checkout.hold_seats(
        user=user, address=address, showtime_id=showtime.pk, seats=seats, now=now or timezone.now()
    )


def book(user, showtime, seats, *, now=None, address="192.0.2.1"):
    """Return the visitor's new PENDING booking of these seats."""
    now = now or timezone.now()
    hold(user, showtime, seats, now=now, address=address)
    return start_booking(user, showtime, seats, now=now, address=address)


def start_booking(user, showtime, seats, *, now=None, address="192.0.2.1"):
    """Return the visitor's new PENDING booking of seats that they hold."""
    return checkout.start_booking(
        user=user,
        address=address,
        showtime_id=showtime.pk,
        seats=seats,
        selected=seats,
        quoted_total=None,
        now=now or timezone.now(),
    )


def create_without_locks(user, showtime, seats, *, now=None):
    """Create a PENDING booking in SQL, bypassing Redis. Return it."""
    now = now or timezone.now()
    snapshot = snapshot_of(Showtime.objects.for_seat_map().get(pk=showtime.pk))
    return lifecycle.create_pending(
        reference=new_reference(),
        user=user,
        showtime_id=showtime.pk,
        seats=seats,
        quote=snapshot.quote(seats),
        refund_tiers=[],
        expires_at=now + timedelta(minutes=10),
        now=now,
    )


def buy(user, showtime, seats, *, now=None):
    """Return the visitor's new CONFIRMED booking of these seats."""
    now = now or timezone.now()
    return settlement.pay_demo(booking=book(user, showtime, seats, now=now), succeeds=True, now=now)


def seats_held_by(user, showtime, *, now=None):
    return live_map.seat_status(showtime.pk, user_id=user.pk, now=now or timezone.now()).mine


def after(booking):
    """Return a time just after the booking's deadline."""
    return booking.expires_at + timedelta(seconds=1)


def stored(booking):
    return Booking.objects.get(pk=booking.pk)


__all__ = [
    "BookingTestCase",
    "CommittedBookingTestCase",
    "after",
    "book",
    "buy",
    "create_without_locks",
    "hold",
    "hold_json",
    "make_showtime",
    "make_user",
    "seats_held_by",
    "seats_json",
    "start_booking",
    "stored",
    "url",
]
