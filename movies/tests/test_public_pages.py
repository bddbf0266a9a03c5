"""Shared caches get the catalogue's pages, and nothing about a visitor."""

from datetime import date
from decimal import Decimal
from itertools import permutations

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from moviebooking.testing import make_city, make_movie, make_showtime, make_user

from .support.pages import choose_city, text_of
from .test_catalogue import SHARED

GZIP = {"Accept-Encoding": "gzip"}
PUBLIC = "public, max-age=0, s-maxage=3, stale-while-revalidate=5"


def make_programme():
    """Create a movie that plays, and one that doesn't yet. Return the paths of all public pages."""
    playing = make_movie("Sholay", genres=["Drama"], language="Hindi")
    showtime = make_showtime(movie=playing)
    coming = make_movie("Next Year", release_date=date(2090, 1, 1))
    return [
        reverse("home"),
        reverse("movies:list"),
        playing.genres.get().get_absolute_url(),
        playing.language.get_absolute_url(),
        playing.get_absolute_url(),
        coming.get_absolute_url(),
        reverse("theaters:list"),
        showtime.theater.get_absolute_url(),
    ]


class HeaderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.paths = make_programme()
        cls.ann = make_user("ann")

    def test_a_page_for_a_visitor_of_whom_nothing_is_known_is_public(self):
        for path in self.paths:
            with self.subTest(path):
                response = self.client.get(path)

                self.assertEqual(response["Cache-Control"], PUBLIC)
                self.assertEqual(
                    set(response["Vary"].split(", ")), {"Cookie", "Accept-Language", "Accept-Encoding"}
                )
                self.assertEqual(dict(response.cookies), {})
                self.assertNotContains(response, "csrf")

    def test_a_token_left_by_another_page_makes_no_difference(self):
        self.client.get(reverse("accounts:login"))

        response = self.client.get("/")

        self.assertEqual((response["Cache-Control"], dict(response.cookies)), (PUBLIC, {}))

    def test_any_other_page_is_private(self):
        signed_in, in_a_city = Client(), Client()
        signed_in.force_login(self.ann)
        choose_city(in_a_city, make_city("Pune"))
        visitors = {
            "signed in": (signed_in, {}),
            "in a city": (in_a_city, {}),
            "with a language": (self.client, {"Cookie": f"{settings.LANGUAGE_COOKIE_NAME}=hi"}),
            "with a message": (self.client, {"Cookie": "messages=x"}),
            "with credentials": (self.client, {"Authorization": "Basic eDp5"}),
        }
        for path in self.paths:
            for name, (client, headers) in visitors.items():
                with self.subTest(path, visitor=name):
                    response = client.get(path, headers=headers)

                    self.assertEqual((response["Cache-Control"], response.get("ETag")), ("private", None))
                    self.assertIn("Cookie", response["Vary"])

    def test_an_unchanged_page_is_not_sent_again(self):
        first = self.client.get("/", headers=GZIP)

        for headers in ({}, GZIP):
            again = self.client.get("/", headers={**headers, "If-None-Match": first["ETag"]})

            self.assertEqual((again.status_code, again.content), (304, b""))
            self.assertEqual((again["ETag"], again["Cache-Control"]), (first["ETag"], PUBLIC))
            self.assertIn("Cookie", again["Vary"])

    def test_a_changed_page_is_sent_again(self):
        before = self.client.get("/")["ETag"]
        make_showtime(movie=make_movie("Don"))

        self.assertContains(self.client.get("/", headers={"If-None-Match": before}), "Don")

    def test_a_page_is_compressed_for_those_who_accept_it(self):
        packed = self.client.get("/", headers=GZIP)
        plain = self.client.get("/", headers={"Accept-Encoding": "br"})

        self.assertEqual((packed["Content-Encoding"], plain.get("Content-Encoding")), ("gzip", None))
        self.assertEqual(int(packed["Content-Length"]), len(packed.content))
        self.assertEqual(plain.content[:15], b"<!DOCTYPE html>")

    def test_head_and_range_get_the_headers_of_the_whole_page(self):
        whole = self.client.get("/")

        for response in (self.client.head("/"), self.client.get("/", headers={"Range": "bytes=0-9"})):
            self.assertEqual(
                [response.status_code, response["ETag"], response["Content-Length"]],
                [200, whole["ETag"], whole["Content-Length"]],
            )

    def test_what_is_not_found_is_cached_nowhere(self):
        response = self.client.get("/movies/nowhere/")

        self.assertEqual((response.status_code, "no-store" in response["Cache-Control"]), (404, True))


class KeptPageTestCase(TransactionTestCase):
    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)
        self.paths = make_programme()
        self.home = self.paths[0]
        self.ann = make_user("ann")

    def queries(self, path, client=None, **headers):
        with CaptureQueriesContext(connection) as queries:
            (client or self.client).get(path, headers=headers)
        return len(queries)


@SHARED
class KeptPageTests(KeptPageTestCase):
    def test_a_warm_page_costs_no_query(self):
        for path in self.paths:
            with self.subTest(path):
                self.client.get(path)

                self.assertEqual(self.queries(path), 0)

    def test_a_warm_page_costs_a_signed_in_visitor_the_query_for_the_account(self):
        self.client.force_login(self.ann)
        choose_city(self.client, make_city("Pune"))
        also = {self.paths[5]: 1, self.paths[6]: 1, self.paths[7]: 1}  # alert; own theaters; favourite
        for path in self.paths:
            with self.subTest(path):
                self.client.get(path)

                self.assertEqual(self.queries(path), 1 + also.get(path, 0))

    def test_a_changed_price_is_shown_at_once(self):
        clients = [Client(), Client()]
        clients[0].force_login(self.ann)
        showtime = make_showtime(movie=make_movie("Don"), price="200.00")
        for client in clients:
            self.assertContains(client.get("/"), "from ₹248")

        showtime.price = Decimal("300.00")
        showtime.save()

        for client in clients:
            self.assertContains(client.get("/"), "from ₹372")

    def test_each_language_and_each_city_has_pages_of_its_own(self):
        pune, agra = make_city("Pune"), make_city("Agra")
        clients = [Client(), Client(), Client()]
        for client, city in zip(clients[1:], (pune, agra), strict=True):
            choose_city(client, city)
        said = [
            [text_of(client.get("/", headers={"Accept-Language": language})) for client in clients]
            for language in ("en", "hi", "en")
        ]

        self.assertEqual(len({*said[0], *said[1]}), 6)
        self.assertEqual(said[0], said[2])

    def test_garbage_in_the_query_is_not_kept(self):
        movie, theater = self.paths[4], self.paths[7]
        for path in (
            "/?date=soon",
            "/?date=1999-01-01",
            "/movies/?q=sholay",
            "/movies/?genre=nothing",
            "/movies/?page=99",
            "/movies/?page=001",
            "/movies/?captions=yes",
            "/movies/genres/drama/?genre=anything",
            f"{movie}?city=nowhere",
            f"{movie}?date=2031-01-01",
            f"{theater}?date=x",
            "/theaters/?page=7",
        ):
            with self.subTest(path):
                self.client.get(path)

                self.assertGreater(self.queries(path), 0)

    def test_unknown_parameters_are_dropped(self):
        for path in self.paths:
            with self.subTest(path):
                plain = self.client.get(path).content

                self.assertEqual(self.queries(f"{path}?utm_source=x&genres=y"), 0)
                self.assertEqual(self.client.get(f"{path}?utm_source=<b>&next=//x").content, plain)


@SHARED
class LeakTests(KeptPageTestCase):
    """Whoever comes first, everybody else reads the same as without them."""

    VISITORS = ("nobody", "ann", "in Pune", "in Hindi")

    def read(self, name, path):
        client, headers = Client(), {}
        if name == "ann":
            client.force_login(self.ann)
        if name == "in Pune":
            choose_city(client, self.pune)
        if name == "in Hindi":
            headers = {"Cookie": f"{settings.LANGUAGE_COOKIE_NAME}=hi"}
        return text_of(client.get(path, headers=headers))

    def test_no_visitor_sees_what_belongs_to_another(self):
        self.pune = make_city("Pune")
        for path in self.paths:
            alone = {}
            for name in self.VISITORS:
                cache.clear()
                alone[name] = self.read(name, path)
            self.assertEqual({name: "ann" in text.split() for name, text in alone.items()}["nobody"], False)
            self.assertIn("ann", alone["ann"].split())
            for order in list(permutations(self.VISITORS))[::5]:
                with self.subTest(path, order=order):
                    cache.clear()

                    self.assertEqual({name: self.read(name, path) for name in order}, alone)

    def test_a_message_is_shown_to_its_visitor_once(self):
        self.client.force_login(self.ann)
        movie = self.paths[5]
        self.client.get(movie)
        self.client.post(f"{movie}alert/", {"wanted": "yes"})

        own, other, again = self.client.get(movie), Client().get(movie), self.client.get(movie)

        sentence = "We’ll email you when booking opens for Next Year."
        self.assertEqual([sentence in text_of(one) for one in (own, other, again)], [True, False, False])
        self.assertEqual(
            ["Turn off this alert" in text_of(one) for one in (own, other, again)], [True, False, True]
        )

    def test_no_header_of_a_request_changes_the_page_of_others(self):
        poison = {
            "X-Forwarded-Host": "evil.test",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.9",
            "X-Original-URL": "/evil/",
            "Referer": "https://evil.test/",
            "Host": "localhost",
            "Accept-Language": "en-GB, x-evil",
        }
        for path in self.paths:
            with self.subTest(path):
                clean = self.client.get(path).content
                cache.clear()
                self.client.get(path, headers=poison)

                self.assertEqual(self.client.get(path).content, clean)
