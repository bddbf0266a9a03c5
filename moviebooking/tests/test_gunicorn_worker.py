"""Run gunicorn with the project's configuration, in a process of its own on loopback."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.test import SimpleTestCase, tag

HALF_SENT = 16
HOLDERS = 12  # more clients that keep their side open than the worker has threads


@tag("serial")
class GunicornTestCase(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            cls.port = probe.getsockname()[1]
        cls.env = {
            "PATH": os.defpath,
            "HOME": str(cls.home),
            "DEBUG": "True",
            "DATABASE_URL": f"sqlite:///{cls.home}/db.sqlite3",
            "REDIS_URL": "",
            "WEB_CONCURRENCY": "1",
        }
        cls.prepare()
        with (cls.home / "log").open("wb") as log:
            cls.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "moviebooking.wsgi", "--bind", f"127.0.0.1:{cls.port}"],
                env=cls.env,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        cls.addClassCleanup(cls.process.wait, timeout=30)
        cls.addClassCleanup(cls.process.terminate)
        cls.wait_until_it_answers()

    @classmethod
    def prepare(cls):
        """Prepare what gunicorn needs. Most tests request pages without a database."""

    @classmethod
    def wait_until_it_answers(cls):
        for _ in range(150):
            try:
                cls.get("/healthz")
            except ConnectionError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(cls.log())

    @classmethod
    def get(cls, path, **headers):
        link = HTTPConnection("127.0.0.1", cls.port, timeout=10)
        link.request("GET", path, headers=headers)
        reply = link.getresponse()
        reply.read()
        link.close()
        return reply

    @classmethod
    def log(cls):
        return (cls.home / "log").read_text()


class GunicornTests(GunicornTestCase):
    def client_that_keeps_its_side_open(self):
        """Ask for a last response, read it, and don't close. Return the socket."""
        link = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.addCleanup(link.close)
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        self.assertEqual(link.recv(12), b"HTTP/1.1 200")
        return link

    def access_lines(self, request_id):
        """Return the access log's lines for that request. They are written after the response."""
        for _ in range(50):
            found = [line for line in self.log().splitlines() if f"[{request_id}] access: " in line]
            if found:
                return [line.split("] ", 1)[1] for line in found]
            time.sleep(0.05)
        return []

    def test_clients_that_never_close_their_side_block_nobody(self):
        begin = time.monotonic()
        for _ in range(HOLDERS):
            self.client_that_keeps_its_side_open()

        self.assertEqual(self.get("/healthz").status, 200)

        self.assertLess(time.monotonic() - begin, 1)  # gunicorn's own worker takes two seconds for each

    def test_a_connection_that_the_client_never_closes_is_closed_in_the_end(self):
        link = self.client_that_keeps_its_side_open()
        while link.recv(4096):
            pass
        link.settimeout(5)
        begin = time.monotonic()

        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            while time.monotonic() - begin < 8:
                link.sendall(b"x" * 8192)

    def client_that_sends(self, sent):
        link = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.addCleanup(link.close)
        link.sendall(sent)
        return link

    def test_incomplete_request_heads_block_nobody(self):
        half = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        links = [self.client_that_sends(sent) for _ in range(HALF_SENT) for sent in (half, b"", b"\r\n\r\n")]
        begin = time.monotonic()

        self.assertEqual(self.get("/healthz").status, 200)

        self.assertLess(time.monotonic() - begin, 1)
        for piece in (b"\r", b"\n"):
            links[0].sendall(piece)
        self.assertEqual(links[0].recv(12), b"HTTP/1.1 200")  # it may take its time, though
        self.assertEqual(links[3].recv(12), b"")  # but not for ever

    def test_an_endless_request_head_is_not_read_forever(self):
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            link = self.client_that_sends(b"GET / HTTP/1.1\r\n")
            for _ in range(100):
                link.sendall(b"X-More: and more\r\n" * 1000)
            link.recv(1)

    def test_pipelined_requests_are_answered_in_order(self):
        whole = b"GET /healthz?%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        last = whole.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        link = self.client_that_sends(whole % 1 + whole % 2 + last % 3)
        replies = b""
        while piece := link.recv(4096):
            replies += piece

        self.assertEqual(replies.count(b"HTTP/1.1 200"), 3)

    def test_a_body_may_arrive_later_than_its_head(self):
        link = self.client_that_sends(
            b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
        )
        link.sendall(b"x=12")

        self.assertEqual(link.recv(12), b"HTTP/1.1 404")

    def test_all_log_lines_use_one_time_zone(self):
        reply = self.get("/healthz")
        self.access_lines(reply.headers["X-Request-ID"])

        lines = re.findall(
            r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d{4}) .*?(gunicorn|access): ", self.log(), re.M
        )

        self.assertEqual(set(lines), {("+0530", "gunicorn"), ("+0530", "access")})

    def test_a_connection_survives_a_path_in_any_script(self):
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.addCleanup(link.close)
        link.connect()
        link.auto_open = False  # a connection that has died is not quietly replaced
        for path in (
            "/%E2%82%AC",
            "/no/%E0%AE%A4%E0%AE%AE%E0%AE%BF/",
            "/%F0%9F%8E%AC",
            "/%FF%00",
            "/a%2Fb",
        ):
            for _ in range(2):
                with self.subTest(path):
                    link.request("GET", path)
                    reply = link.getresponse()
                    reply.read()

                    access = self.access_lines(reply.headers["X-Request-ID"])
                    self.assertEqual(
                        [line.split()[2:4] for line in access], [[path.replace("%2F", "/"), "404"]]
                    )

        self.assertNotIn("Traceback", self.log())

    def test_an_invented_charset_breaks_nothing(self):
        for charset in ("hex", "punycode", "utf-7", "undefined", "no-such", '"idna"', "utf-8"):
            for header in (f"text/plain; charset={charset}", f"text/plain; CHARSET*=utf-8''{charset}; x=y"):
                with self.subTest(header):
                    reply = self.get("/healthz?q=+2AA-&a", **{"Content-Type": header})

                    self.assertEqual(reply.status, 200)

    def test_the_code_in_a_link_is_not_logged_however_it_is_encoded(self):
        for path in ("/tickets/the-code/", "/%74ickets/the%2Dcode/", "/bookings/link/the-code/"):
            reply = self.get(path)
            (access,) = self.access_lines(reply.headers["X-Request-ID"])

            self.assertEqual(access.split()[2], path.split("the")[0].replace("%74", "t") + "…/")

    def test_the_access_log_has_one_line_per_request_with_its_id_and_no_secret(self):
        reply = self.get("/accounts/no-such/MQ/the-token/%0Aforged?key=secret", **{"User-Agent": 'a "b'})

        access = self.access_lines(reply.headers["X-Request-ID"])

        self.assertEqual(len(access), 1)
        self.assertRegex(
            access[0],
            r'^access: GET /accounts/no-such/MQ/…/%0Aforged 404 \d+ B \d+ ms 127\.0\.0\.1 "a \\"b"$',
        )


class RushTests(GunicornTestCase):
    """More sign-ins at once than the worker has threads."""

    @classmethod
    def prepare(cls):
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, env=cls.env, cwd=settings.BASE_DIR, check=True)

    def sign_in(self, token):
        link = HTTPConnection("127.0.0.1", self.port, timeout=30)
        form = urlencode({"username": "nobody", "password": "x", "csrfmiddlewaretoken": token})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}"}
        link.request("POST", "/accounts/login/", form, headers)
        reply = link.getresponse()
        reply.read()
        link.close()
        return reply.status, reply.headers.get("Retry-After")

    def test_pages_answer_while_more_sign_in_than_there_are_threads(self):
        with ThreadPoolExecutor(12) as crowd:
            answers = crowd.map(self.sign_in, ["a" * 32] * 12)
            self.assertEqual(self.get("/accounts/login/").status, 200)
            answers = Counter(answers)

        self.assertEqual(set(answers), {(200, None), (503, "3")})
        self.assertGreaterEqual(answers[200, None], 1)
