"""A first visit transfers few bytes, contacts no other host, and causes no layout shift while loading."""

from django.conf import settings
from django.test import override_settings

from ..support.transfer import Meter, scripts
from .support.production import ProductionPages

ANY_PAGE, ALL_SCRIPT = 150_000, 30_000  # bytes on the wire, without posters
SEAT_MAP, SEAT_MAP_SCRIPT = 60_000, 15_000
SHIFT = 0.002  # total of a page that loads slowly: a fiftieth of what Web Vitals call good

SHIFTS = """() => new Promise((done) => {
    const shifts = [], head = ({node}) => node?.outerHTML?.slice(0, 80);
    const told = (one) => [one.value, ...one.sources.map(head)];
    const note = (list) => shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput));
    new PerformanceObserver(note).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(shifts.map(told)), 300);
})"""


class Weight(ProductionPages):
    def first_visit(self, path, user=None):
        """Return {path: bytes} of everything that a browser without cache fetches for the page."""
        self.page = self.new_visitor()
        self.sign_in(user)
        meter = Meter(self.page)
        response = self.page.goto(path, wait_until="networkidle")
        self.assertEqual(response.status, 200, path)
        self.assertEqual(meter.origins, {self.live_server_url}, path)
        return meter.sizes

    def test_a_first_visit_is_light_and_contacts_no_other_host(self):
        visits = {name: self.first_visit(path) for name, path in self.public_pages().items()}
        visits |= {name: self.first_visit(path, self.ann) for name, path in self.own_pages()}

        heavy = {name: sizes for name, sizes in visits.items() if sum(sizes.values()) > ANY_PAGE}
        self.assertEqual(heavy, {})
        every_script = {path: size for sizes in visits.values() for path, size in scripts(sizes).items()}
        self.assertLessEqual(sum(every_script.values()), ALL_SCRIPT, every_script)
        seat_map = visits["seat map"]
        self.assertLessEqual(sum(seat_map.values()), SEAT_MAP, seat_map)
        self.assertLessEqual(sum(scripts(seat_map).values()), SEAT_MAP_SCRIPT, scripts(seat_map))


@override_settings(MIDDLEWARE=["moviebooking.tests.quality.support.trickle.middleware", *settings.MIDDLEWARE])
class Stillness(ProductionPages):
    def shifts(self, path):
        """Return the layout shifts of the page while it loads and scrolls to its end: how much, and what."""
        self.page.goto(path, wait_until="networkidle")
        self.page.keyboard.press("End")
        self.page.wait_for_load_state("networkidle")
        return self.page.evaluate(SHIFTS)

    def test_no_page_shifts_its_layout_on_desktop_or_phone(self):
        pages = self.public_pages()
        self.sign_in(self.ann)
        pages |= dict(self.own_pages())
        for size in ({"width": 1280, "height": 900}, {"width": 375, "height": 700}):
            self.page.set_viewport_size(size)
            moved = {name: self.shifts(path) for name, path in pages.items()}
            restless = {name: told for name, told in moved.items() if sum(one[0] for one in told) > SHIFT}
            self.assertEqual(restless, {}, size)
