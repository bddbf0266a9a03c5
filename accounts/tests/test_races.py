"""Concurrent requests. These prove something on PostgreSQL only: SQLite allows one writer at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest import skipUnless

from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import timezone

from accounts import email_addresses
from accounts.signup import UsernameTaken, sign_up
from accounts.verification_links import LinkRefused
from moviebooking.testing import PASSWORD, make_user

User = get_user_model()
RIVALS = 6
ADDRESS = "ann@example.test"


def at_once(act, arguments):
    """Call `act` with each argument concurrently. Return the results, or the refusals raised."""
    start = Barrier(len(arguments))

    def run(argument):
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act(argument)
        except (LinkRefused, UsernameTaken) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


@skipUnless(connection.vendor == "postgresql", "needs rows that two connections can write at once")
class AccountRaceTests(TransactionTestCase):
    def test_of_many_sign_ups_with_one_email_one_gets_it_and_the_others_have_it_unverified(self):
        at_once(
            lambda number: sign_up(username=f"ann{number}", password=PASSWORD, email=ADDRESS), range(RIVALS)
        )

        self.assertEqual(User.objects.filter(email=ADDRESS).count(), 1)
        self.assertEqual(User.objects.filter(email="", unverified_email=ADDRESS).count(), RIVALS - 1)

    def test_of_many_sign_ups_with_one_username_one_succeeds_and_the_others_are_refused(self):
        outcomes = at_once(
            lambda name: sign_up(username=name, password=PASSWORD), ["ann", "Ann", "ANN", "aNn", "anN", "ann"]
        )

        self.assertEqual(outcomes.count(UsernameTaken), RIVALS - 1)
        self.assertEqual(User.objects.count(), 1)

    def test_a_link_opened_many_times_at_once_works_once(self):
        user = make_user("ann", is_active=False)
        copies = [User.objects.get(pk=user.pk) for _ in range(RIVALS)]

        outcomes = at_once(lambda copy: email_addresses.verify(user=copy, now=timezone.now()), copies)

        self.assertEqual(outcomes.count(LinkRefused), RIVALS - 1)

    def test_two_accounts_cannot_both_verify_one_email(self):
        waiting = [make_user(f"ann{n}", email="", unverified_email=ADDRESS) for n in range(RIVALS)]

        outcomes = at_once(lambda user: email_addresses.verify(user=user, now=timezone.now()), waiting)

        self.assertEqual(outcomes.count(LinkRefused), RIVALS - 1)
        self.assertEqual(User.objects.filter(email=ADDRESS).exclude(email_verified_at=None).count(), 1)
