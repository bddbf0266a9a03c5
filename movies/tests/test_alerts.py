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
        """A showtime as a bulk change makes it: nobody is told by its being saved."""
        showtime = make_showtime(movie=fields.pop("movie", self.movie), **fields)
        MovieAlert.objects.update(sent_at=None)
        mail.outbox.clear()
        return showtime


class TellTests(AlertCase):
    def test_nobody_is_told_before_booking_opens(self):
        self.ask()
        make_showtime()  # of another movie
        make_showtime(movie=self.movie, starts_in=timedelta(hours=-1))

        self.assertEqual((self.tell(), mail.outbox), (0, []))

    def test_everybody_who_asked_is_told_when_it_opens(self):
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

    def test_everybody_is_told_once(self):
        self.ask()
        self.open_booking()

        self.assertEqual([self.tell(), self.tell()], [1, 0])
        self.assertEqual(len(mail.outbox), 1)

    def test_two_sweeps_at_once_claim_a_wish_once(self):
        self.ask()
        pk = MovieAlert.objects.get().pk

        self.assertEqual([alerts._claim(pk, self.now), alerts._claim(pk, self.now)], [True, False])

    def test_one_movie_alone_can_be_told_of(self):
        other = make_movie("Don")
        for movie in (self.movie, other):
            self.ask(movie=movie)
        for movie in (self.movie, other):
            self.open_booking(movie=movie)

        self.assertEqual(self.tell(movie_id=other.pk), 1)
        self.assertEqual([message.subject for message in mail.outbox], ["Booking open: Don"])

    def test_a_mail_that_could_not_leave_is_sent_by_a_later_sweep(self):
        self.ask()
        self.open_booking()
        out_of_order = mock.patch(
            "django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=OSError
        )
        with out_of_order, self.assertLogs("django_tasks", "ERROR"):
            self.tell()
        self.assertEqual(mail.outbox, [])

        self.assertEqual((self.tell(), len(mail.outbox)), (1, 1))

    def test_accounts_that_can_have_no_mail_are_left_out(self):
        for closed in [{"email": ""}, {"is_active": False}]:
            user = make_user()
            self.ask(user)
            type(user).objects.filter(pk=user.pk).update(**closed)
        self.open_booking()

        self.assertEqual((self.tell(), mail.outbox), (0, []))

    def test_the_command_says_how_many(self):
        self.ask()
        self.open_booking()
        out = StringIO()

        with self.captureOnCommitCallbacks(execute=True):
            call_command("tell_alerts", stdout=out)

        self.assertEqual((out.getvalue(), len(mail.outbox)), ("told 1\n", 1))

    def test_the_first_showtime_that_is_saved_tells_at_once(self):
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

    def test_a_movie_to_come_offers_it_and_remembers(self):
        self.assertContains(self.page(), "Notify me when booking opens")

        response = self.post(follow=True)

        self.assertEqual(self.wishes(), [("ann", "Sholay", None)])
        self.assertContains(response, "We’ll email you when booking opens for Sholay.")
        self.assertContains(response, "We’ll email ann@example.test once, when booking opens.")

    def test_asking_twice_is_one_wish(self):
        self.post()
        self.post()

        self.assertEqual(self.wishes(), [("ann", "Sholay", None)])

    def test_a_wish_is_withdrawn(self):
        self.ask()
        self.ask(make_user("bob"))

        response = self.post("no", follow=True)

        self.assertEqual(self.wishes(), [("bob", "Sholay", None)])
        self.assertContains(response, "Alert for Sholay turned off.")

    def test_a_movie_on_sale_needs_no_wish(self):
        make_showtime(movie=self.movie)

        response = self.post(follow=True)

        self.assertEqual(self.wishes(), [])
        self.assertContains(response, "Booking is already open. Choose a showtime.")
        self.assertNotContains(response, "Notify me when booking opens")

    def test_who_was_told_may_ask_again_when_the_movie_has_left(self):
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

    def test_it_is_a_post_to_a_movie_that_exists(self):
        self.assertEqual(self.client.get(self.url).status_code, 405)
        self.assertEqual(self.client.post("/movies/zzz/alert/").status_code, 404)

    def test_a_download_of_my_data_has_my_wishes(self):
        from movies.account_data import alerts_of

        self.ask()
        self.ask(make_user("bob"))

        self.assertEqual(alerts_of(self.ann), [{"film": "Sholay", "asked_at": self.now, "told_at": None}])


class LimitTests(LimitsMixin, AlertCase):
    def test_an_address_has_five_within_an_hour_and_the_others_stay_owed(self):
        for number in range(7):
            movie = make_movie(f"Film {number}", release_date=self.movie.release_date)
            make_showtime(movie=movie)
            MovieAlert.objects.create(user=self.ann, movie=movie, asked_at=self.now)

        self.assertEqual((self.tell(), len(mail.outbox)), (5, 5))
        self.assertEqual(MovieAlert.objects.filter(sent_at=None).count(), 2)
