"""Send bad requests to every URL of the site: each row of the table gets its response, and none fails."""

import time
from datetime import timedelta

from django.db import transaction
from django.test import Client, SimpleTestCase, TestCase, override_settings
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.utils.html import escape

from bookings import tickets
from bookings.models import Payment
from bookings.tests.support.steps import OwnLiveMaps, book, buy
from moviebooking.testing import make_movie, make_screen, make_showtime, make_user

from .bad_requests import ROWS

MOST_SECONDS = 1  # of CPU time
MOST_SECONDS_ON_THE_WALL = 10  # generous, because a busy machine adds to it
WITHOUT_ROWS = set()  # routes for which no bad request exists


class Made(dict):
    """Values for the names in braces in the rows. Missing ones get a placeholder."""

    def __missing__(self, name):
        return "1"


def routes(resolver, before=""):
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).removeprefix("^")  # as `resolve` joins them
        yield from [route] if isinstance(pattern, URLPattern) else routes(pattern, route)


def route_of(row):
    try:
        return resolve(row.path.partition("?")[0].format_map(Made())).route
    except Resolver404:
        return None


class CoverageTests(SimpleTestCase):
    def test_the_table_has_hundreds_of_rows_without_duplicates(self):
        self.assertGreater(len(ROWS), 300)
        self.assertEqual(len(ROWS), len({str(row.__dict__) for row in ROWS}))

    def test_every_url_has_a_bad_request(self):
        asked = {route_of(row) for row in ROWS}

        self.assertEqual(set(routes(get_resolver())) - asked - WITHOUT_ROWS, set())


class BadRequestTests(OwnLiveMaps, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = {name: make_user(name) for name in ("ann", "bob")}
        cls.people["boss"] = make_user("boss", is_staff=True, is_superuser=True)
        movie = make_movie("Sholay", genres=["Drama"], language="Hindi")
        showtime = make_showtime(movie=movie, screen=make_screen("SSSSSSSSSS\nSSSSSSSSSS"))
        past = make_showtime(movie=movie, starts_in=timedelta(days=-1))
        paid = buy(cls.people["ann"], showtime, ["A1", "A2"])
        others = buy(cls.people["bob"], showtime, ["B1"])
        tickets.share(others.tickets.get())
        cls.made = {
            "movie": movie.slug,
            "genre": movie.genres.get().slug,
            "language": movie.language.slug,
            "theater": showtime.screen.theater.slug,
            "city": showtime.screen.theater.city.slug,
            "showtime": showtime.pk,
            "past": past.pk,
            "paid": paid.reference,
            "others": others.reference,
            "pending": book(cls.people["ann"], showtime, ["A3"]).reference,
            "link": others.tickets.get().link_code,
            "payment": Payment.objects.get(booking=paid).pk,
        }

    def setUp(self):
        super().setUp()
        self.sessions = {name: self.session_of(user) for name, user in self.people.items()}

    def session_of(self, user):
        client = Client()
        client.force_login(user)
        return client.cookies

    def test_each_bad_request_gets_its_response(self):
        for row in ROWS:
            with self.subTest(str(row)):
                began, worked = time.monotonic(), time.thread_time()
                status, text = self.ask(row)
                worked, waited = time.thread_time() - worked, time.monotonic() - began

                says = row.words.format_map(self.made)
                self.assertEqual(status, row.status, text[:2000])
                self.assertTrue(says in text or escape(says) in text, f"{says!r} is not in {text}")
                self.assertLess(worked, MOST_SECONDS)
                self.assertLess(waited, MOST_SECONDS_ON_THE_WALL)

    def ask(self, row):
        """Return the status, and the text or the redirect target. Changes to the database are rolled back."""
        client = Client(raise_request_exception=False, enforce_csrf_checks=row.csrf)
        if row.who:
            client.cookies = self.sessions[row.who].copy()
        with transaction.atomic(), override_settings(**row.settings):
            response = client.generic(
                row.method,
                row.path.format_map(self.made),
                row.body.format_map(self.made).encode(),
                content_type=row.type if row.method == "POST" else "",
                headers=row.headers,
                **row.environ,
            )
            text = response.get("Location") or b"".join(response).decode(errors="replace")
            transaction.set_rollback(True)
        return response.status_code, text
