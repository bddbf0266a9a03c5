import tempfile
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import SimpleTestCase, TestCase, override_settings


class MediaTests(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name, "media")
        self.root.mkdir()
        Path(folder.name, "secret.txt").write_text("secret")
        for name in ("poster.webp", "drawing.svg", "page.html"):
            Path(self.root, name).write_bytes(b"<script>1</script>")
        served = override_settings(MEDIA_ROOT=self.root, SERVE_MEDIA=True)
        served.enable()
        self.addCleanup(served.disable)

    def test_a_picture_is_shown_and_kept_by_the_browser(self):
        response = self.client.get("/media/poster.webp")

        self.assertEqual((response.status_code, response["Content-Type"]), (200, "image/webp"))
        self.assertEqual(response["Cache-Control"], "public, max-age=604800")
        self.assertTrue(response["Content-Disposition"].startswith("inline"))

    def test_a_picture_is_the_same_for_everybody_and_not_compressed_again(self):
        Path(self.root, "large.webp").write_bytes(b"x" * 1000)

        response = self.client.get("/media/large.webp", headers={"Accept-Encoding": "gzip"})

        self.assertEqual(
            (response.getvalue(), response.get("Content-Encoding"), response.get("Vary")),
            (b"x" * 1000, None, None),
        )
        self.assertEqual(response["Content-Length"], "1000")

    def test_pages_are_compressed_and_a_missing_picture_is_one(self):
        response = self.client.get("/media/no.webp", headers={"Accept-Encoding": "gzip"})

        self.assertEqual(response["Content-Encoding"], "gzip")
        self.assertEqual({"Accept-Language", "Accept-Encoding"} - set(response["Vary"].split(", ")), set())

    def test_what_could_run_in_a_browser_is_a_download_without_rights(self):
        for name in ("drawing.svg", "page.html"):
            with self.subTest(name):
                response = self.client.get(f"/media/{name}")
                self.assertEqual(response["Content-Type"], "application/octet-stream")
                self.assertEqual(response["Content-Disposition"], "attachment")
                self.assertEqual(response["X-Content-Type-Options"], "nosniff")
                self.assertEqual(response["Content-Security-Policy"], "default-src 'none'; sandbox")

    def test_nothing_outside_the_uploads_can_be_reached(self):
        for path in (
            "../secret.txt",
            "%2e%2e/secret.txt",
            "..%2fsecret.txt",
            "",
            "no.webp",
            "poster.webp%00",
            "a" * 256,
            "a/" * 3000,
            "poster.webp/" + "%F0%9F%8E%AC" * 300,
        ):
            with self.subTest(path):
                self.assertEqual(self.client.get(f"/media/{path}").status_code, 404)

    @override_settings(SERVE_MEDIA=False)
    def test_where_a_front_server_has_them_the_site_has_none(self):
        self.assertEqual(self.client.get("/media/poster.webp").status_code, 404)

    def test_only_reading(self):
        self.assertEqual(self.client.post("/media/poster.webp").status_code, 405)


class IconTests(SimpleTestCase):
    def test_icons_are_where_they_are_looked_for_unasked(self):
        for name in ("favicon.ico", "apple-touch-icon.png"):
            response = self.client.get(f"/{name}")
            self.assertRedirects(response, f"/static/icons/{name}", fetch_redirect_response=False)
            self.assertIsNotNone(finders.find(f"icons/{name}"), name)
