"""The seat map's page is kept for all visitors, and nobody can tell."""

import re

from django.conf import settings
from django.test import Client

from moviebooking.testing import make_city

from .support.steps import BookingTestCase, book, buy, hold, make_showtime, make_user, url

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
NOW = re.compile(r'data-now="[^"]+"')


class KeptSeatMapTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.bob, cls.cat = make_user("ann"), make_user("bob"), make_user("cat")
        cls.showtime, cls.sold_out = make_showtime("SSSS"), make_showtime("S")

    def page(self, user=None, showtime=None, query=""):
        """Return the HTML of the page, without what differs in each response."""
        self.client.logout()
        if user:
            self.client.force_login(user)
        html = self.client.get(url("seat_map", showtime or self.showtime) + query).text
        return NOW.sub("", TOKEN.sub("", html)).replace("%3Fwhole%3D1", "")

    def test_a_kept_page_equals_one_that_is_rendered_as_a_whole(self):
        hold(self.ann, self.showtime, ["A1"])
        book(self.bob, self.showtime, ["A2"])
        buy(self.bob, self.sold_out, ["A1"])
        visits = {
            "signed out": {},
            "nothing held": {"user": self.cat},
            "seats held": {"user": self.ann},
            "unpaid booking": {"user": self.bob},
            "sold out": {"user": self.ann, "showtime": self.sold_out},
        }
        for visit in visits.values():
            self.page(**visit)  # from now on each page is kept

        for name, visit in visits.items():
            with self.subTest(name):
                self.assertHTMLEqual(self.page(**visit), self.page(**visit, query="?whole=1"))

    def test_each_visitor_has_a_token_and_an_account_menu_of_their_own(self):
        for user, seat in ((self.ann, "A1"), (self.bob, "A2")):
            client = Client(enforce_csrf_checks=True)
            client.force_login(user)
            page = client.get(url("seat_map", self.showtime))

            self.assertContains(page, f'<p class="menu__note">{user.username}</p>', count=1)
            for token in TOKEN.findall(page.text):
                form = {"seats": [seat], "csrfmiddlewaretoken": token}
                self.assertEqual(client.post(url("hold", self.showtime), form).status_code, 302)

    def test_the_header_names_the_city_that_the_visitor_chose(self):
        for name in ("Oldtown", "Newtown"):
            self.client.post("/theaters/city/", {"city": make_city(name).slug, "next": "/"})

            self.assertContains(self.client.get(url("seat_map", self.showtime)), name, count=1)

    def test_the_page_is_kept_in_each_language(self):
        words = {}
        for language in ("en", "hi", "en"):
            self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            page = self.client.get(url("seat_map", self.showtime))
            words[language] = "Select up to 10 seats." in page.text

        self.assertEqual(words, {"en": True, "hi": False})
