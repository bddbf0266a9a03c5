"""What is a hold, beside an empty view with the same middleware and a logged-in visitor?"""

from .load import compare, per_second, report, request
from .site import site

SEATS_EACH = 2


def hold_messages(cookies, showtimes, *, rounds=8):
    """Every visitor holds seats that are theirs alone, and others the next time."""
    messages = []
    for turn in range(rounds):
        for number, cookie in enumerate(cookies):
            row = "ABCDEFGHIJKLMNO"[number % 15]
            first = 1 + (number // 15 * rounds + turn) * SEATS_EACH % 18
            seats = [("seats", f"{row}{first + place}") for place in range(SEATS_EACH)]
            showtime = showtimes[(turn * len(cookies) + number) % len(showtimes)]
            messages.append(request("POST", f"/showtimes/{showtime}/hold/", cookie, fields=seats))
    return messages


def main():
    with site() as one:
        holds = hold_messages(one.cookies, one.showtimes[:8])
        empty = [request("POST", "/bench/empty/", cookie, fields=[("seats", "A1")]) for cookie in one.cookies]
        ratio, hold, nothing = compare(
            lambda: per_second(one.port, holds), lambda: per_second(one.port, empty)
        )
    return report("hold / empty view", ratio, ">= 0.5", f"{hold:.0f}/s beside {nothing:.0f}/s")


if __name__ == "__main__":
    raise SystemExit(not main())
