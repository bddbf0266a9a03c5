"""Pages, emails, PDFs, days and money in Hindi; and times in the time zone of the theater."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

from django.conf import settings
from django.core import mail
from django.test import SimpleTestCase, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from bookings import documents
from bookings.models import Booking
from bookings.tests.support.steps import BookingTestCase, buy, hold
from moviebooking.templatetags.formats import clock, clock_span, day, hours, money, reader_tag, teaser
from moviebooking.testing import (
    PASSWORD,
    make_city,
    make_movie,
    make_screen,
    make_showtime,
    make_theater,
    make_user,
)
from moviebooking.views import server_error
from movies import alerts
from movies.models import Genre, Language
from theaters.templatetags.theater_time import in_zone

#: What stays as it is in every language.
NAMES = {"MovieBooking", "English", "PDF", "QR", "JSON", "JavaScript", "Stripe", "IMAX", "UTC", "Screen"}


class FormatTests(SimpleTestCase):
    MOMENT = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)

    def said(self, language, make):
        with translation.override(language):
            return make()

    def test_money_is_grouped_as_in_india(self):
        for language in ("en", "hi"):
            with self.subTest(language):
                said = self.said(language, lambda: money(Decimal("123456.5"), "INR"))

                self.assertEqual(said, "₹1,23,456.50")

    def test_each_currency_has_its_own_number_of_decimals(self):
        self.assertEqual(money(Decimal("1500"), "JPY"), "JP¥1,500")

    def test_a_teaser_price_is_never_less_than_the_total(self):
        for amount, said in (("235.41", "₹236"), ("236.00", "₹236"), ("123456.01", "₹1,23,457")):
            self.assertEqual(self.said("en", lambda amount=amount: teaser(Decimal(amount))), said)
        with override_settings(CURRENCY="EUR"):
            self.assertEqual(self.said("de", lambda: teaser(Decimal("9.20"))), "10\N{NO-BREAK SPACE}€")

    def test_a_duration_is_formatted_in_hours_and_minutes(self):
        said = {
            language: self.said(language, lambda: [hours(minutes) for minutes in (161, 120, 45)])
            for language in ("en", "hi")
        }

        self.assertEqual(
            said,
            {"en": ["2 h 41 min", "2 h", "45 min"], "hi": ["2 घंटे 41 मिनट", "2 घंटे", "45 मिनट"]},
        )

    def test_days_are_written_in_english(self):
        styles = ("", "wide", "bare", "year", "medium", "long", "full", "E")

        self.assertEqual(
            self.said("en", lambda: [day(self.MOMENT, style) for style in styles]),
            [
                "Sun, 22 Nov",
                "Sunday, 22 November",
                "22 Nov",
                "Sun, 22 Nov, 2026",
                "22 Nov 2026",
                "22 November 2026",
                "Sunday, 22 November 2026",
                "Sun",
            ],
        )

    def test_days_are_written_in_hindi(self):
        styles = ("", "wide", "bare", "year", "medium", "long", "full", "E")

        self.assertEqual(
            self.said("hi", lambda: [day(self.MOMENT, style) for style in styles]),
            [
                "रवि, 22 नव॰",
                "रविवार, 22 नवंबर",
                "22 नव॰",
                "रवि, 22 नव॰ 2026",
                "22 नव॰ 2026",
                "22 नवंबर 2026",
                "रविवार, 22 नवंबर 2026",
                "रवि",
            ],
        )

    def test_days_follow_the_order_of_the_language(self):
        self.assertEqual(self.said("ja", lambda: day(date(2026, 11, 22), "wide")), "11月22日(日曜日)")

    def test_times_follow_the_readers_region(self):
        end = self.MOMENT.replace(hour=20, minute=46)
        midnight = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
        said = {
            language: self.said(language, lambda: (clock(midnight), clock_span(self.MOMENT, end)))
            for language in ("en", "hi", "de")
        }

        self.assertEqual(
            said,
            {
                "en": ("12:05 am", "6:05–8:46 pm"),
                "hi": ("12:05 am", "6:05–8:46 pm"),
                "de": ("00:05", "18:05–20:46 Uhr"),
            },
        )

    def test_a_span_over_midnight_shows_am_and_pm_of_both_times(self):
        late = self.MOMENT.replace(hour=23), datetime(2026, 11, 23, 1, 40, tzinfo=UTC)

        said = self.said("en", lambda: clock_span(*late))

        self.assertEqual(said, "11:05 pm–1:40 am")

    def test_without_a_day_nothing_is_rendered(self):
        self.assertEqual([day(None), clock(None)], ["", ""])

    def test_the_language_tag_includes_the_region(self):
        self.assertEqual([self.said(one, reader_tag) for one in ("en", "hi", "de")], ["en-IN", "hi-IN", "de"])

    def test_genres_and_languages_are_named_in_the_readers_language(self):
        def names():
            listed, unlisted = [Genre(name="Drama"), Language(name="Tamil")], Genre(name="Mumblecore")
            return [str(one) for one in (*listed, unlisted)]

        self.assertEqual(self.said("hi", names), ["ड्रामा", "तमिल", "Mumblecore"])
        self.assertEqual(self.said("en", names), ["Drama", "Tamil", "Mumblecore"])


class Words(HTMLParser):
    """Collect the Latin words of a page: its text, and the attributes that people read."""

    SPOKEN = {"aria-label", "title", "placeholder", "alt"}

    def __init__(self):
        super().__init__()
        self.found, self.silent = set(), 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style")
        spoken = [
            value
            for name, value in attributes
            if value and (name in self.SPOKEN or (name.startswith("data-") and " " in value))
        ]
        self.note(" ".join(spoken))

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, text):
        if not self.silent:
            self.note(text)

    def note(self, text):
        text = re.sub(r"\S+@\S+|https?://\S+|\b[A-Z0-9]{12}\b", "", text)  # and references of bookings
        self.found.update(word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in NAMES)


def latin_words(html):
    words = Words()
    words.feed(html)
    return sorted(words.found)


class HindiPageTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        theater = make_theater("दीपक", city=make_city("पुणे"), location="1 गली", adverts_minutes=15)
        movie = make_movie(
            "शोले", description="दो दोस्त।", genres=["Drama"], language="Hindi", certificate="UA"
        )
        cls.showtime = make_showtime(
            movie=movie, screen=make_screen("WC_SSSS\nPPRR", theater=theater, name="पर्दा 1"), captions=True
        )
        make_movie("कल", description="", release_date=date(2090, 1, 1))
        cls.user = make_user("42", first_name="", language="hi")

    def setUp(self):
        super().setUp()
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"

    def assert_hindi(self, response, status=200):
        html = response.content.decode()

        self.assertEqual(response.status_code, status)
        self.assertIn('<html lang="hi">', html)
        self.assertEqual(latin_words(html), [])

    def test_public_pages_are_in_hindi(self):
        movie, theater = self.showtime.movie, self.showtime.theater
        for path in (
            reverse("home"),
            reverse("movies:list"),
            reverse("movies:list") + "?q=%E0%A4%95%E0%A5%8D%E0%A4%B7&page=9&genre=7&certificate=7&date=7",
            movie.get_absolute_url(),
            movie.get_absolute_url() + "?date=2020-01-01",
            reverse("theaters:list"),
            theater.get_absolute_url(),
            reverse("bookings:seat_map", args=[self.showtime.pk]),
            reverse("bookings:seat_map", args=[self.showtime.pk]) + "?best=2",
            reverse("accounts:login"),
            reverse("accounts:register"),
            reverse("accounts:password_reset"),
        ):
            with self.subTest(path):
                self.assert_hindi(self.client.get(path))

    def test_refusals_are_in_hindi(self):
        self.assert_hindi(self.client.get("/7/"), status=404)
        for name, typed in (
            ("login", {"username": "7", "password": "7"}),
            ("register", {"username": "7 7", "password1": "7", "password2": "8", "email": "7"}),
            ("register", {"username": "42", "password1": "password", "password2": "password"}),
            ("password_reset", {"email": "7"}),
        ):
            with self.subTest(name):
                self.assert_hindi(self.client.post(reverse(f"accounts:{name}"), typed))

    def test_the_500_page_is_in_hindi(self):
        with translation.override("hi"):
            self.assert_hindi(server_error(None), status=500)

    def test_all_steps_to_a_ticket_are_in_hindi(self):
        self.client.force_login(self.user)
        self.client.post(reverse("bookings:hold", args=[self.showtime.pk]), {"seats": ["A3", "A4"]})
        book = reverse("bookings:create_booking", args=[self.showtime.pk])
        self.assert_hindi(self.client.get(book))
        self.assert_hindi(self.client.post(book, {"seat_ids": ["A3", "A4"]}, follow=True))
        pay = reverse("bookings:pay", args=[Booking.objects.get().reference])
        self.assert_hindi(self.client.post(pay, {"outcome": "success"}, follow=True))

    def test_account_pages_are_in_hindi(self):
        self.client.force_login(self.user)
        for name in ("profile", "change_email", "password_change", "end_other_sessions", "delete"):
            with self.subTest(name):
                self.assert_hindi(self.client.get(reverse(f"accounts:{name}")))
        self.assert_hindi(self.client.get(reverse("bookings:list")))


class ChoiceTests(BookingTestCase):
    """The switch in the header, and what an account remembers of it."""

    def setUp(self):
        super().setUp()
        self.user = make_user(language="en")

    def spoken(self):
        return re.search(r'<html lang="(\w+)">', self.client.get(reverse("accounts:login")).content.decode())[
            1
        ]

    def choose(self, language):
        return self.client.post(reverse("accounts:language"), {"language": language, "next": "/movies/"})

    def sign_in(self):
        typed = {"username": self.user.username, "password": PASSWORD}
        self.client.post(reverse("accounts:login"), typed)

    def test_choosing_a_language_is_remembered_for_a_year_and_redirects_back(self):
        response = self.choose("hi")

        self.assertRedirects(response, "/movies/")
        self.assertEqual(response.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"], 365 * 24 * 3600)
        self.assertEqual(self.spoken(), "hi")

    def test_the_account_remembers_the_language_for_emails_and_other_devices(self):
        self.client.force_login(self.user)
        self.choose("hi")
        self.client.logout()
        self.client.cookies.clear()
        self.sign_in()

        self.assertEqual(self.client.cookies[settings.LANGUAGE_COOKIE_NAME].value, "hi")

    def test_the_language_chosen_on_this_device_stays_after_signing_in(self):
        self.choose("hi")
        self.sign_in()

        self.assertEqual(self.client.cookies[settings.LANGUAGE_COOKIE_NAME].value, "hi")

    def test_an_unknown_language_changes_nothing(self):
        self.client.force_login(self.user)
        self.choose("tlh")
        self.user.refresh_from_db()

        self.assertEqual(
            (self.user.language, self.client.cookies.get(settings.LANGUAGE_COOKIE_NAME)), ("en", None)
        )


class HindiMailTests(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.user = make_user("42", language="hi")
        self.showtime = make_showtime(movie=make_movie("शोले", language="Hindi"))
        self.booking = self.buy(self.user, ["A1", "A2"])

    def buy(self, user, seats):
        with self.captureOnCommitCallbacks(execute=True):
            booking = buy(user, self.showtime, seats)
        return Booking.objects.for_pages().get(pk=booking.pk)

    def test_the_confirmation_email_is_in_the_visitors_language(self):
        confirmation = mail.outbox[-1]

        self.assertRegex(confirmation.subject, rf"^आपके टिकट: शोले, .+ · {self.booking.reference}$")
        self.assertIn("सीटें: A1, A2\n", confirmation.body)
        self.assertIn("2 × स्टैंडर्ड (₹200.00): ₹400.00\n", confirmation.body)
        self.assertIn('<html lang="hi">', confirmation.alternatives[0].content)

    def test_the_movie_alert_email_is_in_hindi(self):
        movie = make_movie("दंगल")
        alerts.request_alert(user=self.user, movie=movie, now=timezone.now())
        with self.captureOnCommitCallbacks(execute=True):
            make_showtime(movie=movie)

        self.assertEqual(mail.outbox[-1].subject, "बुकिंग शुरू: दंगल")
        self.assertIn("नमस्ते 42,\n", mail.outbox[-1].body)

    def test_the_pdfs_declare_hindi_as_their_language(self):
        with translation.override("hi"):
            papers = documents.tickets_pdf(self.booking), documents.receipt_pdf(self.booking)

        for paper in papers:
            self.assertIn(b"/Lang (hi)", paper)

    def test_emails_to_visitors_without_a_language_are_in_english(self):
        mail.outbox.clear()
        bob = make_user(language="")
        with translation.override("hi"):
            self.buy(bob, ["A3"])

        self.assertEqual([one.subject.split(":")[0] for one in mail.outbox], ["Your tickets"])


class HallClockTests(BookingTestCase):
    """A theater far from the server's time zone: its visitors read its local time."""

    def setUp(self):
        super().setUp()
        screen = make_screen(theater=make_theater(city=make_city(timezone="America/New_York")))
        self.showtime, self.user = make_showtime(screen=screen), make_user()
        self.client.force_login(self.user)

    def test_the_end_of_a_hold_is_shown_in_the_theaters_time_zone(self):
        until = in_zone(hold(self.user, self.showtime, ["A1"]).expires_at, self.showtime.zone)
        response = self.client.get(reverse("bookings:create_booking", args=[self.showtime.pk]))

        self.assertContains(response, f'data-expires-at="{until.isoformat()}"')
        self.assertContains(response, f" data-until>{clock(until)}</time>")

    @override_settings(REFUND_TIERS="120:100")
    def test_the_refund_terms_are_shown_in_the_theaters_time_zone(self):
        hold(self.user, self.showtime, ["A1"])
        response = self.client.get(reverse("bookings:create_booking", args=[self.showtime.pk]))
        until = in_zone(self.showtime.start_time, self.showtime.zone).timestamp() - 120 * 60
        until = datetime.fromtimestamp(until, tz=self.showtime.zone)

        self.assertContains(response, f"<b>{clock(until)}</b>, {day(until, 'bare')}</time>")
