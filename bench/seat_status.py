"""Compare seats.json with an empty view behind the same middleware, both for a logged-in visitor."""

from .holds import hold_messages
from .load import compare, per_second, report, request
from .site import site


def main():
    with site() as one:
        showtimes = one.showtimes[:8]
        per_second(one.port, hold_messages(one.cookies, showtimes), seconds=2)  # some seats are held
        empty = [request("GET", "/bench/empty/", cookie) for cookie in one.cookies]
        status = [
            request("GET", f"/showtimes/{showtime}/seats.json", cookie)
            for cookie in one.cookies
            for showtime in showtimes
        ]
        ratio, status_rate, empty_rate = compare(
            lambda: per_second(one.port, status), lambda: per_second(one.port, empty)
        )
    return report(
        "seats.json / empty view", ratio, ">= 0.7", f"{status_rate:.0f}/s beside {empty_rate:.0f}/s"
    )


if __name__ == "__main__":
    raise SystemExit(not main())
