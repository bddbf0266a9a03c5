"""Owed emails: what could not be sent is sent later, and nothing is sent twice."""

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

from django.core import mail
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import emails as account_emails
from bookings import emails
from bookings.models import BookingEmail
from bookings.money import refunds
from moviebooking.task_queue import enqueue
from moviebooking.testing import make_showtime, make_user
from moviebooking.tests.support.limits import LimitsMixin
from moviebooking.tests.test_task_queue import DATABASE

from .support.steps import BookingTestCase, buy, stored

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class OwedEmailTestCase(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.ann, self.showtime = make_user(), make_showtime()
        self.now = timezone.now()

    @contextmanager
    def mail_server_down(self):
        """Point the mail server to a closed port; the queue logs each task that fails."""
        down = override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
        with down, self.assertLogs("django_tasks", "ERROR"):
            yield

    def buy(self):
        with self.captureOnCommitCallbacks(execute=True):
            return buy(self.ann, self.showtime, ["A1"])

    def sweep(self, minutes):
        with self.captureOnCommitCallbacks(execute=True):
            return emails.send_owed(now=self.now + timedelta(minutes=minutes))

    def subjects(self):
        return [message.subject.split(":")[0] for message in mail.outbox]


class ImmediateTaskTests(OwedEmailTestCase):
    """A task runs right after the commit."""

    def test_a_sent_email_is_not_sent_again(self):
        self.buy()

        self.assertEqual([self.sweep(60), self.subjects()], [0, ["Your tickets"]])

    def test_an_email_is_sent_once_the_mail_server_is_back(self):
        with self.mail_server_down():
            self.buy()
            self.assertEqual([self.sweep(9), self.sweep(11), self.sweep(11)], [0, 1, 0])
        self.assertEqual(self.subjects(), [])

        self.assertEqual([self.sweep(40), self.sweep(500)], [1, 0])
        self.assertEqual(self.subjects(), ["Your tickets"])

    def test_after_a_day_an_email_is_given_up_and_an_error_logged(self):
        with self.mail_server_down():
            self.buy()
            with self.assertLogs("bookings.emails", "ERROR") as told:
                sent = [self.sweep(days * 1440) for days in range(1, 12)]

        self.assertEqual([sent, len(told.output)], [[1] * 7 + [0] * 4, 1])

    def test_tickets_of_a_booking_that_was_cancelled_meanwhile_are_not_sent(self):
        with self.mail_server_down():
            booking = self.buy()
        with self.captureOnCommitCallbacks(execute=True):
            refunds.cancel_booking(booking=stored(booking), now=timezone.now())

        self.sweep(60)

        self.assertEqual(self.subjects(), ["Booking cancelled"])
        self.assertEqual(BookingEmail.objects.filter(sent_at=None).count(), 0)

    def test_the_sweep_sends_owed_emails(self):
        with self.mail_server_down():
            self.buy()
        BookingEmail.objects.update(due_at=timezone.now())

        with self.captureOnCommitCallbacks(execute=True):
            call_command("expire_bookings", stdout=(said := StringIO()))

        self.assertEqual(
            [said.getvalue(), self.subjects()], ["expired 0\nemails sent again 1\n", ["Your tickets"]]
        )


@override_settings(TASKS=DATABASE)
class WorkerTaskTests(OwedEmailTestCase):
    """A worker runs the tasks, in its own time."""

    def test_a_worker_that_was_away_for_hours_sends_each_email_once(self):
        self.buy()
        self.assertEqual([self.sweep(minutes) for minutes in (11, 40, 90)], [1, 1, 1])

        emails.send.call(BookingEmail.objects.get().pk, 1)  # its place has been taken by a later attempt
        self.assertEqual(self.subjects(), [])
        for task in DBTaskResult.objects.filter(task_path="bookings.emails.send"):
            emails.send.call(*task.args_kwargs["args"])

        self.assertEqual(DBTaskResult.objects.filter(task_path="bookings.emails.send").count(), 4)
        self.assertEqual([self.sweep(5000), self.subjects()], [0, ["Your tickets"]])


class EmailPriorityTests(OwedEmailTestCase):
    @override_settings(TASKS=DATABASE)
    def test_tickets_are_sent_before_all_other_emails(self):
        enqueue(account_emails.send_password_reset_email, self.ann.email)
        lost = buy(self.ann, self.showtime, ["A1"])
        emails.owe(BookingEmail.Kind.CANCELLATION, booking=lost, now=self.now)
        BookingEmail.objects.filter(kind=BookingEmail.Kind.CONFIRMATION).update(due_at=self.now)
        emails.send_owed(now=self.now)

        queue = [(task.task_path.rpartition(".")[2], task.priority) for task in DBTaskResult.objects.ready()]

        first, second, *others = queue
        self.assertEqual({first, second}, {("send", emails.TICKETS_PRIORITY)})
        self.assertEqual(sorted(others), [("send", 0), ("send_password_reset_email", 0)])


class EmailRateLimitTests(LimitsMixin, OwedEmailTestCase):
    def setUp(self):
        super().setUp()
        self.booking = self.buy()
        mail.outbox.clear()

    def owe(self, kind, times):
        with self.captureOnCommitCallbacks(execute=True):
            for _ in range(times):
                emails.owe(kind, booking=self.booking, now=self.now)

    def test_an_address_gets_five_emails_of_a_kind_per_hour_and_the_sixth_later(self):
        self.owe(BookingEmail.Kind.CANCELLATION, 6)

        self.assertEqual(len(mail.outbox), 5)
        kept = BookingEmail.objects.get(kind=BookingEmail.Kind.CANCELLATION, sent_at=None)
        self.assertGreater(kept.due_at, self.now + timedelta(minutes=59))
        with override_settings(THROTTLES=False):
            self.assertEqual([self.sweep(30), self.sweep(61), len(mail.outbox)], [0, 1, 6])

    def test_ticket_emails_are_not_limited(self):
        self.owe(BookingEmail.Kind.CONFIRMATION, 7)

        self.assertEqual(len(mail.outbox), 7)

    def test_the_last_attempt_is_not_postponed(self):
        self.owe(BookingEmail.Kind.CANCELLATION, 6)
        BookingEmail.objects.filter(sent_at=None).update(attempt=emails.MAX_ATTEMPTS - 1, due_at=self.now)

        with self.assertLogs("bookings.emails", "ERROR"):
            self.sweep(1)

        self.assertEqual(len(mail.outbox), 6)
