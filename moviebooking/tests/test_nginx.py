import re
import shutil
import subprocess
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from unittest import skipUnless

from django.conf import settings
from django.test import SimpleTestCase

from .support.servers import free_port, wait_for_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MAIN = """
daemon off;
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


@skipUnless(NGINX, "needs nginx")
class NginxLogTests(SimpleTestCase):
    """The site behind nginx is away, so every request is answered 502 and is an error to nginx."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.port = free_port()
        site = Path(settings.BASE_DIR, "deploy/nginx.conf").read_text()
        for here, there in {
            "server web:8000;": f"server 127.0.0.1:{free_port()};",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "/dev/stdout": f"{self.folder}/access.log",
            "/dev/stderr": f"{self.folder}/error.log",
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

    def get(self, path):
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.addCleanup(link.close)
        link.request("GET", path, headers={"Referer": "http://cinema.test/tickets/from-here/"})
        return link.getresponse().status

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

        statuses = {self.get(path) for path in logged}
        self.stop()

        lines = (self.folder / "access.log").read_text().splitlines()
        expected = [f'"GET {path}" 502' for path in logged.values()]
        self.assertEqual(statuses, {502})
        self.assertEqual([re.search(r'".*" \d+', line)[0] for line in lines], expected)
        self.assertNotIn("from-here", "".join(lines))
        self.assertEqual((self.folder / "error.log").read_text(), "")
