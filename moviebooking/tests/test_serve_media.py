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

    def test_a_picture_is_served_inline_and_cached(self):
        response = self.client.get("/media/poster.webp")

        self.assertEqual((response.status_code, response["Content-Type"]), (200, "image/webp"))
        self.assertEqual(response["Cache-Control"], "public, max-age=604800")
        self.assertTrue(response["Content-Disposition"].startswith("inline"))

    def test_a_picture_does_not_vary_and_is_not_compressed_again(self):
        Path(self.root, "large.webp").write_bytes(b"x" * 1000)

        response = self.client.get("/media/large.webp", headers={"Accept-Encoding": "gzip"})

        self.assertEqual(
            (response.getvalue(), response.get("Content-Encoding"), response.get("Vary")),
            (b"x" * 1000, None, None),
        )
        self.assertEqual(response["Content-Length"], "1000")

    def test_pages_are_compressed_including_the_404_of_a_picture(self):
        response = self.client.get("/media/no.webp", headers={"Accept-Encoding": "gzip"})

        self.assertEqual(response["Content-Encoding"], "gzip")
        self.assertEqual({"Accept-Language", "Accept-Encoding"} - set(response["Vary"].split(", ")), set())

    def test_files_that_could_run_scripts_are_sandboxed_downloads(self):
        for name in ("drawing.svg", "page.html"):
            with self.subTest(name):
                response = self.client.get(f"/media/{name}")
                self.assertEqual(response["Content-Type"], "application/octet-stream")
                self.assertEqual(response["Content-Disposition"], "attachment")
                self.assertEqual(response["X-Content-Type-Options"], "nosniff")
                self.assertEqual(response["Content-Security-Policy"], "default-src 'none'; sandbox")

    def test_files_outside_the_uploads_are_not_served(self):
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
    def test_media_is_404_if_a_front_server_serves_it(self):
        self.assertEqual(self.client.get("/media/poster.webp").status_code, 404)

    def test_media_refuses_other_methods(self):
        self.assertEqual(self.client.post("/media/poster.webp").status_code, 405)


class IconTests(SimpleTestCase):
    def test_icons_are_found_at_their_default_urls(self):
        for name in ("favicon.ico", "apple-touch-icon.png"):
            response = self.client.get(f"/{name}")
            self.assertRedirects(response, f"/static/icons/{name}", fetch_redirect_response=False)
            self.assertIsNotNone(finders.find(f"icons/{name}"), name)
