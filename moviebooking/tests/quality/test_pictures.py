"""Draws the pictures of docs/design.md and README.md into ci-output/; `make pictures` keeps them."""

import os
import re
from datetime import timedelta
from io import BytesIO

from django.conf import settings
from django.test import override_settings, tag
from django.utils import timezone
from PIL import Image

from bookings.seats import live_map
from bookings.tests.support.steps import buy, hold, url
from demo import loading
from demo.movies import DEMO_MOVIES
from demo.places import DEMO_CITIES
from moviebooking.testing import make_user
from movies.tests.support.pictures import own_media
from theaters.models import Showtime

from ..support.browser import PICTURES, BrowserTestCase

DOCS = settings.BASE_DIR / "docs"
KEPT = bool(os.environ.get("KEEP_PICTURES"))
COLOURS = 96  # enough for flat pages, and a picture is a few ten kilobytes
DESK, SHEET, PHONE = ({"width": width, "height": 760} for width in (1180, 800, 375))
SEATS = {"width": 1180, "height": 940}


@tag("quality")
@override_settings(ROOT_URLCONF="moviebooking.tests.quality.support.extra_urls")
class Pictures(BrowserTestCase):
    @classmethod
    def setUpClass(cls):
        own_media(cls)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.drawn = set()
        loading.load(scale=1, now=timezone.now(), cities=DEMO_CITIES[:1], movies=DEMO_MOVIES[:18])
        self.showtime = self.one_half_sold()
        self.ann, self.bob = make_user("ann"), make_user("bob")
        self.sign_in(self.ann)

    def one_half_sold(self):
        """Return tomorrow's or a later showtime, about half sold, whose whole seat map fits a window."""
        later = Showtime.objects.on_sale(timezone.now() + timedelta(days=1)).select_related("screen")
        small = [one for one in later if 80 <= one.capacity <= 160]
        return min(small, key=lambda one: abs(one.available_seats / one.capacity - 0.55))

    def draw(self, name, path, part=None, *, size=DESK, scheme="light"):
        """Save what the window shows of the page, or one part of it, as docs/NAME.png."""
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.goto(path, wait_until="networkidle")
        self.page.keyboard.press("Control+Home")
        shown = self.page.locator(part).screenshot() if part else self.page.screenshot()
        picture = Image.open(BytesIO(shown)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        for folder in [PICTURES, *([DOCS] if KEPT else [])]:
            target = folder / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            picture.save(target, optimize=True)
        self.drawn.add(f"{name}.png")

    def draw_pieces(self):
        for name, part, scheme in (
            ("colours-light", "#colours", "light"),
            ("colours-dark", "#colours", "dark"),
            ("type", "#type", "light"),
            ("components", "#pieces", "light"),
        ):
            self.draw(f"design/{name}", "/pieces", part, size=SHEET, scheme=scheme)

    def draw_pages(self):
        movie, seats = self.showtime.movie.get_absolute_url(), url("seat_map", self.showtime)
        status = live_map.seat_status(self.showtime.pk, user_id=None, now=timezone.now())
        hold(self.bob, self.showtime, status.snapshot.in_order(status.free)[:3])
        self.draw("design/home", "/")
        self.draw("design/home-phone", "/", size=PHONE, scheme="dark")
        self.draw("design/movie", movie)
        self.draw("screenshot", f"{seats}?best=3", size=SEATS)
        self.draw("design/seats-dark", f"{seats}?best=3", size=SEATS, scheme="dark")
        self.draw("design/seats-phone", f"{seats}?best=2", size=PHONE)
        booking = buy(self.ann, self.showtime, self.best_two())
        self.draw("design/ticket", booking.get_absolute_url())

    def best_two(self):
        return [box.get_attribute("value") for box in self.page.locator("input[name=seats]:checked").all()]

    def test_the_documents_use_exactly_the_pictures_drawn(self):
        self.draw_pieces()
        self.draw_pages()

        shown = {
            picture.removeprefix("docs/") if page.parent == settings.BASE_DIR else picture
            for page in (settings.BASE_DIR / "README.md", DOCS / "design.md")
            for picture in re.findall(r"\]\(([\w/-]+\.png)\)", page.read_text())
        }
        self.assertEqual(shown, self.drawn)
        self.assertEqual([name for name in sorted(shown) if not (DOCS / name).exists()], [])
