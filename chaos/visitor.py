"""Visitors who make requests over HTTP, and record status and duration of the responses."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from bench.data import CSRF

NO_ANSWER = 0


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    location: str = ""
    retry_after: str = ""


class Visitor:
    def __init__(self, port, cookie=""):
        self.port, self.cookie = port, cookie

    def home(self):
        return self.get("/")

    def search(self):
        """Get a page that asks SQL each time, unlike those that are kept for all visitors."""
        return self.get("/movies/?q=a")

    def healthz(self):
        return self.get("/healthz")

    def get(self, path, **headers):
        return self.request("GET", path, headers)

    def post(self, path, **fields):
        headers = {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, headers, urlencode(fields, doseq=True))

    def request(self, method, path, headers=(), body=None):
        link, begin = HTTPConnection("127.0.0.1", self.port, timeout=30), time.monotonic()
        try:
            link.request(method, path, body, {"Cookie": self.cookie, **dict(headers)})
            reply = link.getresponse()
            reply.read()
            answer = reply.status, reply.headers.get("Location", ""), reply.headers.get("Retry-After", "")
        except (OSError, HTTPException):
            answer = NO_ANSWER, "", ""
        finally:
            link.close()
        status, location, retry_after = answer
        return Answer(status, time.monotonic() - begin, location, retry_after)

    def hold(self, showtime, seat):
        return self.post(f"/showtimes/{showtime}/hold/", seats=[seat])

    def book(self, showtime, seat):
        return self.post(f"/showtimes/{showtime}/book/", seat_ids=[seat])

    def buy(self, showtime, seat):
        """Hold, book and pay, each once. Return all answers, the last 302 to the booking if it was bought."""
        answers = [self.hold(showtime, seat), self.book(showtime, seat)]
        if answers[-1].status == 302 and answers[-1].location.endswith("/pay/"):
            answers.append(self.post(answers[-1].location, outcome="success"))
        return answers


def at_once(*calls):
    """Return the results of the calls, made in parallel."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result() for one in [pool.submit(call) for call in calls]]


def again_and_again(call, *, until, pause=0.2):
    """Call `call()` until `until()` is true. Return its results."""
    answers = []
    while not until():
        answers.append(call())
        time.sleep(pause)
    return answers


def until_it_works(call, *, seconds=15):
    """Call until the answer is not a failure, or time is up. Return the last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = call()
        if 0 < answer.status < 500 or time.monotonic() > end:
            return answer
        time.sleep(0.2)


def statuses(answers):
    return dict(sorted(Counter(answer.status for answer in answers).items()))


def slowest(answers):
    return max(answer.seconds for answer in answers)


def summary(answers):
    counts = ", ".join(f"{status or 'no answer'} ×{times}" for status, times in statuses(answers).items())
    return f"{counts} in ≤ {slowest(answers):.1f} s"
