from datetime import timedelta
from io import StringIO
from unittest import mock

from django.core import mail
from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import JSON, make_movie, make_showtime, make_user
from moviebooking.tests.support.limits import LimitsMixin
from movies import alerts
from movies.models import MovieAlert


class AlertCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = make_user("ann")
        cls.movie = make_movie("Sholay", release_date=timezone.localdate() + timedelta(days=20))
        cls.now = timezone.now()

    def ask(self, user=None, movie=None):
        alerts.request_alert(user=user or self.ann, movie=movie or self.movie, now=self.now)

    def tell(self, **options):
        with self.captureOnCommitCallbacks(execute=True):
            return alerts.send_due(now=self.now, **options)

    def open_booking(self, **fields):
        """Create a showtime in bulk, which sends no signal, so nobody is notified yet."""
        showtime = make_showtime(movie=fields.pop("movie", self.movie), **fields)
        MovieAlert.objects.update(sent_at=None)
        mail.outbox.clear()
        return showtime


class TellTests(AlertCase):
    def test_no_alert_is_sent_before_booking_opens(self):
        self.ask()
        make_showtime()  # of another movie
        make_showtime(movie=self.movie, starts_in=timedelta(hours=-1))

        self.assertEqual((self.tell(), mail.outbox), (0, []))

    def test_alerts_are_sent_when_booking_opens(self):
        bob = make_user("bob")
        self.ask()
        self.ask(bob)
        self.open_booking()

        self.assertEqual(self.tell(), 2)

        self.assertEqual([message.to for message in mail.outbox], [[self.ann.email], [bob.email]])
        message = mail.outbox[0]
        self.assertEqual(message.subject, "Booking open: Sholay")
        self.assertIn("http://127.0.0.1:8000/movies/sholay/", message.body)
        self.assertIn("http://127.0.0.1:8000/movies/sholay/", message.alternatives[0].content)

    def test_each_alert_is_sent_once(self):
        self.ask()
        self.open_booking()

        self.assertEqual([self.tell(), self.tell()], [1, 0])
        self.assertEqual(len(mail.outbox), 1)

    def test_two_simultaneous_sweeps_send_an_alert_once(self):
        self.ask()
        pk = MovieAlert.objects.get().pk

        self.assertEqual([alerts._claim(pk, self.now), alerts._claim(pk, self.now)], [True, False])

    def test_alerts_of_a_single_movie_can_be_sent(self):
        other = make_movie("Don")
        for movie in (self.movie, other):
            self.ask(movie=movie)
        for movie in (self.movie, other):
            self.open_booking(movie=movie)

        self.assertEqual(self.tell(movie_id=other.pk), 1)
        self.assertEqual([message.subject for message in mail.outbox], ["Booking open: Don"])

    def test_an_email_that_failed_is_sent_by_a_later_sweep(self):
        self.ask()
        self.open_booking()
        out_of_order = mock.patch(
            "django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=OSError
        )
        with out_of_order, self.assertLogs("django_tasks", "ERROR"):
            self.tell()
        self.assertEqual(mail.outbox, [])

        self.assertEqual((self.tell(), len(mail.outbox)), (1, 1))

    def test_accounts_that_can_get_no_email_are_left_out(self):
        for closed in [{"email": ""}, {"is_active": False}]:
            user = make_user()
            self.ask(user)
            type(user).objects.filter(pk=user.pk).update(**closed)
        self.open_booking()

        self.assertEqual((self.tell(), mail.outbox), (0, []))

    def test_the_command_prints_how_many_alerts_it_sent(self):
        self.ask()
        self.open_booking()
        out = StringIO()

        with self.captureOnCommitCallbacks(execute=True):
            call_command("tell_alerts", stdout=out)

        self.assertEqual((out.getvalue(), len(mail.outbox)), ("told 1\n", 1))

    def test_saving_the_first_showtime_sends_alerts_at_once(self):
        self.ask()

        with self.captureOnCommitCallbacks(execute=True):
            make_showtime(movie=self.movie)
            make_showtime(movie=self.movie, starts_in=timedelta(days=2))

        self.assertEqual([message.subject for message in mail.outbox], ["Booking open: Sholay"])


class AskTests(AlertCase):
    def setUp(self):
        self.url = reverse("movies:alert", args=["sholay"])
        self.client.force_login(self.ann)

    def post(self, wanted="yes", **options):
        return self.client.post(self.url, {"wanted": wanted}, **options)

    def page(self):
        return self.client.get("/movies/sholay/")

    def wishes(self):
        return list(MovieAlert.objects.values_list("user__username", "movie__title", "sent_at"))

    def test_a_movie_without_showtimes_offers_an_alert_and_stores_it(self):
        self.assertContains(self.page(), "Notify me when booking opens")

        response = self.post(follow=True)

        self.assertEqual(self.wishes(), [("ann", "Sholay", None)])
        self.assertContains(response, "We’ll email you when booking opens for Sholay.")
        self.assertContains(response, "We’ll email ann@example.test once, when booking opens.")

    def test_asking_twice_makes_one_alert(self):
        self.post()
        self.post()

        self.assertEqual(self.wishes(), [("ann", "Sholay", None)])

    def test_an_alert_can_be_turned_off(self):
        self.ask()
        self.ask(make_user("bob"))

        response = self.post("no", follow=True)

        self.assertEqual(self.wishes(), [("bob", "Sholay", None)])
        self.assertContains(response, "Alert for Sholay turned off.")

    def test_a_movie_on_sale_has_no_alerts(self):
        make_showtime(movie=self.movie)

        response = self.post(follow=True)

        self.assertEqual(self.wishes(), [])
        self.assertContains(response, "Booking is already open. Choose a showtime.")
        self.assertNotContains(response, "Notify me when booking opens")

    def test_an_alert_can_be_requested_again_after_the_last_showtime(self):
        self.ask()
        MovieAlert.objects.update(sent_at=self.now)

        self.post()

        self.assertEqual(self.wishes(), [("ann", "Sholay", None)])

    def test_an_account_without_an_address_is_asked_for_one(self):
        type(self.ann).objects.update(email="")

        response = self.post()

        self.assertRedirects(response, reverse("accounts:profile"), fetch_redirect_response=False)
        self.assertEqual(self.wishes(), [])

    def test_a_stranger_signs_in_and_comes_back_to_the_movie(self):
        self.client.logout()

        response = self.post()

        self.assertRedirects(
            response, f"{reverse('accounts:login')}?next=/movies/sholay/", fetch_redirect_response=False
        )
        self.assertEqual(self.post(headers=JSON).status_code, 401)

    def test_an_alert_needs_a_post_and_an_existing_movie(self):
        self.assertEqual(self.client.get(self.url).status_code, 405)
        self.assertEqual(self.client.post("/movies/zzz/alert/").status_code, 404)

    def test_the_data_export_contains_alerts(self):
        from movies.account_data import alerts_of

        self.ask()
        self.ask(make_user("bob"))

        self.assertEqual(alerts_of(self.ann), [{"movie": "Sholay", "asked_at": self.now, "told_at": None}])


class LimitTests(LimitsMixin, AlertCase):
    def test_an_address_gets_five_alerts_an_hour_and_the_others_later(self):
        for number in range(7):
            movie = make_movie(f"Film {number}", release_date=self.movie.release_date)
            make_showtime(movie=movie)
            MovieAlert.objects.create(user=self.ann, movie=movie, asked_at=self.now)

        self.assertEqual((self.tell(), len(mail.outbox)), (5, 5))
        self.assertEqual(MovieAlert.objects.filter(sent_at=None).count(), 2)
