"""Parts that are the same on all pages, and the URLs of static files, are worked out once per process."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.template import engines
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.utils import translation

from moviebooking.staticfiles import HashedModulesStorage

IN_PRODUCTION = {
    **settings.CACHES,
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "test_page_parts",
    },
}
PARTS = '{% include "includes/_header.html" %}{% include "includes/_footer.html" %}'


@override_settings(CACHES=IN_PRODUCTION)
class FragmentTests(SimpleTestCase):
    def setUp(self):
        self.addCleanup(caches["template_fragments"].clear)

    def render(self, language, query=""):
        with translation.override(language):
            return engines["django"].from_string(PARTS).render({}, RequestFactory().get(f"/movies/{query}"))

    def test_each_language_has_parts_of_its_own(self):
        first = {language: self.render(language) for language in ("en", "hi")}
        again = {language: self.render(language) for language in ("en", "hi")}

        self.assertEqual(again, first)
        self.assertIn("All prices include fees and taxes.", first["en"])
        self.assertNotIn("All prices include fees and taxes.", first["hi"])

    def test_what_was_searched_for_is_printed_for_that_search_alone(self):
        self.render("en", "?q=sholay")

        self.assertNotIn("sholay", self.render("en"))
        self.assertIn('value="&lt;b&gt;"', self.render("en", "?q=<b>"))

    def test_the_links_to_other_languages_lead_back_to_each_page(self):
        self.render("en")

        page = self.render("en", "?q=dil")

        self.assertEqual(page.count("?next=%2Fmovies%2F%3Fq%3Ddil"), 3, "two for Hindi, one for the city")
        self.assertEqual(page.count('lang="hi"'), 2)
        self.assertNotIn('lang="en"', page)


class StaticUrlTests(SimpleTestCase):
    def test_the_url_of_a_file_is_the_one_in_the_manifest(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        Path(folder, "site.css").write_text("a {}")
        hashed = HashedModulesStorage(location=folder, base_url="/static/")
        list(hashed.post_process({"site.css": (hashed, "site.css")}))

        with self.settings(DEBUG=False):
            urls = [hashed.url("site.css"), hashed.url("site.css")]

        self.assertEqual(urls, [f"/static/{hashed.hashed_files['site.css']}"] * 2)
        self.assertRegex(urls[0], r"^/static/site\.[0-9a-f]{12}\.css$")

    def test_a_file_that_was_not_collected_has_no_url(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        hashed = HashedModulesStorage(location=folder, base_url="/static/")

        with self.settings(DEBUG=False), self.assertRaises(ValueError):
            hashed.url("missing.css")
