"""A first visit transfers few bytes, contacts no other host, and causes no layout shift while loading."""

from django.conf import settings
from django.test import override_settings

from bookings.tests.support.steps import hold, url

from ..support.transfer import Meter, scripts
from .support import trickle
from .support.production import ProductionPages

ANY_PAGE, ALL_SCRIPT = 150_000, 30_000  # bytes on the wire, without posters
SEAT_MAP, SEAT_MAP_SCRIPT = 60_000, 15_000
SHIFT = 0.002  # total of a page that loads slowly: a fiftieth of what Web Vitals call good

SHIFTS = """() => new Promise((done) => {
    const shifts = [], head = ({node}) => (node?.outerHTML ?? node?.textContent)?.trim().slice(0, 80);
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
    maxDiff = None
    arguments = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
    context_options = {"service_workers": "block"}  # the tickets' worker asks for pages that nobody paints
    sizes = [{"width": 1280, "height": 900}, {"width": 375, "height": 700}]

    def setUp(self):
        super().setUp()
        self.page.on("console", trickle.listen)
        self.page.add_init_script(trickle.REPORT_PAINTS)

    def shifts(self, path):
        """Return the layout shifts of the page while it loads and scrolls to its end: how much, and what."""
        self.page.goto(path, wait_until="networkidle", timeout=60_000)
        self.page.keyboard.press("End")
        self.page.wait_for_load_state("networkidle")
        return self.page.evaluate(SHIFTS)

    def restless(self, pages):
        """Return the shifts of those pages that move, as {(name, width): shifts}."""
        moved = {}
        for size in self.sizes:
            self.page.set_viewport_size(size)
            moved |= {(name, size["width"]): self.shifts(path) for name, path in pages.items()}
        return {key: told for key, told in moved.items() if sum(one[0] for one in told) > SHIFT}

    def test_no_public_page_shifts_its_layout_on_desktop_or_phone(self):
        self.assertEqual(self.restless(self.public_pages()), {})

    def test_the_receipt_of_selected_seats_does_not_move_when_the_script_takes_over(self):
        hold(self.ann, self.showtime, ["A1", "A2"])
        self.sign_in(self.ann)
        seat_map = url("seat_map", self.showtime)
        pages = {
            "held": seat_map,
            "selected": f"{url('seat_map', self.other_showtime)}?best=2",
            "held, others selected": f"{seat_map}?seats=B1&seats=B2",
        }

        self.assertEqual(self.restless(pages), {})

    def test_no_page_of_a_visitor_shifts_its_layout_on_desktop_or_phone(self):
        self.sign_in(self.ann)
        pages = {"seat map": self.public_pages()["seat map"], **dict(self.own_pages())}

        self.assertEqual(self.restless(pages), {})
