"""Run tests in Chromium, driven by Playwright, against a live server in this process."""

import os
import secrets
from unittest import skipUnless

from django.conf import settings
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.test import override_settings, tag

from .chromium import ARGUMENTS, CHROMIUM

try:
    from playwright.sync_api import sync_playwright
except ImportError:  # only the production requirements are installed
    sync_playwright = None

PICTURES = settings.BASE_DIR / "ci-output"


@tag("browser")
@skipUnless(CHROMIUM and sync_playwright, "needs Chromium and Playwright (requirements-dev.txt)")
class BrowserTestCase(StaticLiveServerTestCase):
    """`self.page` is a browser page. A test also fails if the console logs an error or a response is 5xx."""

    javascript = True
    width, height = 1280, 900
    context_options = {}
    arguments = []  # for the browser, in addition to the default ones

    @classmethod
    def setUpClass(cls):
        # Playwright runs an event loop in this thread, which Django mistakes for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        cls.addClassCleanup(os.environ.pop, "DJANGO_ALLOW_ASYNC_UNSAFE")
        super().setUpClass()
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        cls.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *cls.arguments])
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.enterContext(override_settings(REDIS_KEY_PREFIX=f"test-{secrets.token_hex(6)}"))
        self.complaints = []
        self.page = self.new_visitor()

    def tearDown(self):
        self.assertEqual(self.complaints, [])
        super().tearDown()

    def new_visitor(self):
        """Return a page with cookies of its own."""
        context = self.browser.new_context(
            base_url=self.live_server_url,
            viewport={"width": self.width, "height": self.height},
            java_script_enabled=self.javascript,
            locale="en-IN",
            **self.context_options,
        )
        self.addCleanup(context.close)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self.note_console)
        page.on("response", self.note_response)
        return page

    def sign_in(self, user):
        """Set the session cookie of the user, or remove it if None."""
        self.page.context.clear_cookies()
        if user:
            self.client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            cookie = {"name": name, "value": self.client.cookies[name].value}
            self.page.context.add_cookies([{**cookie, "url": self.live_server_url}])

    def note_console(self, message):
        """Record errors, except those that Chromium logs for each 4xx. `note_response` records 5xx."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def note_response(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def picture(self, name):
        """Save a screenshot as ci-output/NAME.png."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def fits_its_window(self):
        """Return True if the page does not scroll sideways. It works without JavaScript on the page."""
        client = self.page.context.new_cdp_session(self.page)
        metrics = client.send("Page.getLayoutMetrics")
        return metrics["cssContentSize"]["width"] <= self.width
