"""deploy/nginx.conf, tried with a real nginx."""

import json
import re
import shutil
import socket
import subprocess
import tempfile
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from unittest import skipUnless

from django.conf import settings
from django.test import SimpleTestCase

from movies.posters import MOST_BYTES

from .support.servers import free_port, wait_for_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
LONG = "x" * 20_000  # a redirect to the login repeats a URL of 4,094 characters, encoded twice
MAIN = """
daemon off;
master_process off;
pid {folder}/pid;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Upstream(BaseHTTPRequestHandler):
    """Answer with the headers received, and with a long one."""

    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Location", LONG)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Print nothing."""


@skipUnless(NGINX, "needs nginx")
class NginxTestCase(SimpleTestCase):
    def serve(self, upstream):
        """Start nginx in front of this port."""
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.port = free_port()
        site = Path(settings.BASE_DIR, "deploy/nginx.conf").read_text()
        for here, there in {
            "server web:8000;": f"server 127.0.0.1:{upstream};",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "/dev/stdout": f"{self.folder}/access.log",
            "/dev/stderr": f"{self.folder}/error.log",
            "/srv/moviebooking/media/": f"{self.folder}/media/",
        }.items():
            self.assertEqual(site.count(here), 1, here)
            site = site.replace(here, there)
        (self.folder / "site.conf").write_text(site)
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder))
        self.start()

    def start(self):
        command = [NGINX, "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        self.nginx = subprocess.Popen(command)
        self.addCleanup(self.stop)
        wait_for_port(self.port)

    def stop(self):
        self.nginx.terminate()
        self.nginx.wait(timeout=10)

    def get(self, path, **headers):
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.addCleanup(link.close)
        link.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return link.getresponse()


class NginxLogTests(NginxTestCase):
    """The site behind nginx is away, so every request is answered 502 and is an error to nginx."""

    def setUp(self):
        self.serve(free_port())

    def test_logs_mask_whatever_grants_access_by_itself(self):
        logged = {
            "/movies/sholay/?q=private": "/movies/sholay/",
            "/accounts/activate/MQ/c9v-7af3/": "/accounts/activate/MQ/***/",
            "/accounts/reset/MQ/set-password/": "/accounts/reset/MQ/***/",
            "/accounts/password_reset/done/": "/accounts/password_reset/done/",
            "/tickets/Xo2-9_aaBBccDDeeFFggHH11/": "/tickets/***/",
            "/%74ickets/Xo2-9_aaBBccDDeeFFggHH11": "/tickets/***",
            "/tickets/worker.js": "/tickets/worker.js",
            "/bookings/link/Xo2-9_aaBBccDDeeFF/cancel/": "/bookings/link/***/cancel/",
        }

        statuses = {self.get(path, Referer="http://cinema.test/tickets/from-here/").status for path in logged}
        self.stop()

        lines = (self.folder / "access.log").read_text().splitlines()
        expected = [f'"GET {path}" 502' for path in logged.values()]
        self.assertEqual(statuses, {502})
        self.assertEqual([re.search(r'".*" \d+', line)[0] for line in lines], expected)
        self.assertNotIn("from-here", "".join(lines))
        self.assertEqual((self.folder / "error.log").read_text(), "")


class NginxPassesTests(NginxTestCase):
    def setUp(self):
        upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        Thread(target=upstream.serve_forever, daemon=True).start()
        self.addCleanup(upstream.server_close)
        self.addCleanup(upstream.shutdown)
        self.serve(upstream.server_port)

    def test_a_response_with_a_long_head_is_passed_on(self):
        response = self.get("/bookings/")

        self.assertEqual((response.status, response.headers["Location"]), (200, LONG))

    def test_the_app_learns_the_client_s_address_and_scheme_whatever_the_client_claims(self):
        seen = json.loads(self.get("/", X_Forwarded_For="192.0.2.1", X_Forwarded_Proto="https").read())

        self.assertEqual(seen["x-forwarded-for"], "192.0.2.1, 127.0.0.1")
        self.assertEqual(seen["x-forwarded-proto"], "http")
        self.assertEqual(seen["host"], f"127.0.0.1:{self.port}")

    def test_the_largest_poster_is_let_through(self):
        size = MOST_BYTES + 100_000  # with the other fields of the form
        head = f"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {size}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            link.sendall(head.encode())

            self.assertTrue(link.recv(1000).startswith(b"HTTP/1.1 100 "))

    def test_an_upload_that_is_not_a_picture_is_downloaded_and_never_run(self):
        (self.folder / "media").mkdir()
        (self.folder / "media" / "page.html").write_text("<script>")

        response = self.get("/media/page.html")

        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertEqual(response.headers["Content-Security-Policy"], "default-src 'none'; sandbox")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
