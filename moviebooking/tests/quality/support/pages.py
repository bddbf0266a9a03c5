"""Visit pages and check each with axe-core, in two windows, and its HTML with the Nu checker."""

import tempfile
from pathlib import Path

from django.test import tag

from ...support.browser import BrowserTestCase
from ...support.targets import small_targets
from .tools import AXE_ALL, AXE_COLOURS, axe_violations, needs_axe_and_nu, nu_complaints

PHONE, DESK = {"width": 375, "height": 700}, {"width": 1280, "height": 900}
LOOKS = [
    (PHONE, "light", AXE_ALL),
    (DESK, "light", AXE_COLOURS),
    (DESK, "dark", AXE_ALL),
    (PHONE, "dark", AXE_COLOURS),
]

# Submit a form as a page of the site would, with the CSRF token of the cookie and without validation.
SUBMIT = """([path, fields]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: path});
    const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
    for (const [name, value] of [["csrfmiddlewaretoken", token], ...fields]) {
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
    }
    document.body.append(form);
    form.submit();
}"""


@tag("quality")
@needs_axe_and_nu
class PageWalk(BrowserTestCase):
    """`see` a page, or `send` a form and check the response. All problems are reported at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))

    @classmethod
    def tearDownClass(cls):
        """Run the Nu checker once for all pages of the class, because starting Java is slow."""
        try:
            complaints = nu_complaints(cls.folder)
        finally:
            super().tearDownClass()
        if complaints:
            raise AssertionError("\n".join(["The Nu checker says", *complaints]))

    def setUp(self):
        super().setUp()
        self.findings = []

    def tearDown(self):
        self.assertEqual(self.findings, [])
        super().tearDown()

    def note_response(self, response):
        """Record failed requests of the page, except the page itself, whose status the test checks."""
        if not response.request.is_navigation_request():
            super().note_response(response)

    def see(self, name, path, status=200):
        response = self.page.goto(path)
        self.judge(name, response, status)

    def send(self, name, path, fields=(), status=200, *, starting_at="/accounts/login/"):
        """Post the (name, value) pairs to the path from a page of the site, and check the response."""
        self.page.goto(starting_at)
        with self.page.expect_navigation() as moved:
            self.page.evaluate(SUBMIT, [path, list(fields)])
        self.judge(name, moved.value, status)

    def judge(self, name, response, status=200):
        self.assertEqual(response.status, status, name)
        (self.folder / f"{name}.html").write_bytes(response.body())
        self.look(name)

    def look(self, name):
        """Check the current state of the page with axe, narrow and wide, in light and dark mode."""
        for size, scheme, options in LOOKS:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            where = f"{name} at {size['width']}, {scheme}"
            self.findings += [f"{where}: {one}" for one in axe_violations(self.page, options)]
            if size is PHONE:
                self.findings += [f"{where}: too low to be hit: {one}" for one in small_targets(self.page)]
            self.width = size["width"]
            if not self.fits_its_window():
                self.findings.append(f"{where}: scrolls sideways")
