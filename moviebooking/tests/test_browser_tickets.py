"""A ticket on the phone it was opened on: shared by a button, and there without a network."""

from bookings import tickets
from bookings.tests.support.steps import buy
from moviebooking.testing import make_movie, make_showtime, make_user

from .support.browser import BrowserTestCase

KEPT = """async (path) => {
    await navigator.serviceWorker.ready;
    while (!(await caches.match(path))) await new Promise((done) => requestAnimationFrame(done));
}"""


class TicketOnAPhone(BrowserTestCase):
    width, height = 375, 740

    def setUp(self):
        super().setUp()
        self.ann = make_user("ann")
        self.booking = buy(self.ann, make_showtime(movie=make_movie("Sholay")), ["A1"])
        self.ticket = self.booking.tickets.get()
        tickets.share(self.ticket)
        self.ticket.refresh_from_db()
        self.link = f"/tickets/{self.ticket.link_code}/"

    def seen_offline(self, path):
        """Return the movie's title on the page, opened once and then again without a network."""
        self.page.goto(path)
        self.page.evaluate(KEPT, path)
        self.page.context.set_offline(True)
        self.page.reload()
        self.page.context.set_offline(False)
        return self.page.locator(".ticket__movie").inner_text()

    def test_the_buyers_ticket_opens_offline(self):
        self.sign_in(self.ann)

        self.assertEqual(self.seen_offline(self.booking.get_absolute_url()), "Sholay")

    def test_a_shared_ticket_opens_offline(self):
        self.assertEqual(self.seen_offline(self.link), "Sholay")

    def test_a_button_copies_the_link_if_the_browser_cannot_share(self):
        self.sign_in(self.ann)
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.add_init_script("Object.defineProperty(navigator, 'share', {value: undefined})")
        self.page.goto(self.booking.get_absolute_url())
        self.page.locator(".hand-over > summary").click()

        self.page.get_by_role("button", name="Share link").click()

        self.page.get_by_role("button", name="Copied").wait_for()
        copied = self.page.evaluate("navigator.clipboard.readText()")
        self.assertEqual(copied, self.page.locator(f".hand-over a[href='{self.link}']").inner_text())


class StripOnAPhone(BrowserTestCase):
    width, height = 360, 740

    def test_the_chosen_day_is_scrolled_into_view(self):
        self.page.goto("/")
        last = self.page.locator(".tabs a").last.get_attribute("href")

        self.page.goto(f"/{last}")

        box = self.page.locator(".tabs [aria-current=date]").bounding_box()
        self.assertLessEqual(0, box["x"])
        self.assertLessEqual(box["x"] + box["width"], self.width)
