"""Compare seats.json with an empty view behind the same middleware, both for a logged-in visitor."""

from .holds import hold_messages
from .load import compare_costs, empty_view, per_second, report, request
from .site import shared_site

SHOWTIMES = 8  # in which some seats are held


def hold_some(one):
    """Hold seats in the first showtimes."""
    per_second(one.port, hold_messages(one.cookies, one.showtimes[:SHOWTIMES]))


def main():
    one = shared_site()
    hold_some(one)
    status = [
        request("GET", f"/showtimes/{showtime}/seats.json", cookie)
        for cookie in one.cookies
        for showtime in one.showtimes[:SHOWTIMES]
    ]
    results = compare_costs(one, empty_view(one.cookies), {"seats.json": status})
    ratio, seats, empty = results["seats.json"]
    return report("seats.json / empty view", ratio, ">= 0.7", seats.beside(empty))


if __name__ == "__main__":
    raise SystemExit(not main())
