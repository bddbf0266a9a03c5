"""Compare a hold with an empty view behind the same middleware, both for a logged-in visitor."""

from .load import compare_costs, report, request
from .site import shared_site

SEATS_PER_HOLD = 2


def hold_messages(cookies, showtimes, *, rounds=8):
    """Return requests in which each visitor holds seats of their own, different ones in each round."""
    messages = []
    for turn in range(rounds):
        for number, cookie in enumerate(cookies):
            row = "ABCDEFGHIJKLMNO"[number % 15]
            first = 1 + (number // 15 * rounds + turn) * SEATS_PER_HOLD % 18
            seats = [("seats", f"{row}{first + place}") for place in range(SEATS_PER_HOLD)]
            showtime = showtimes[(turn * len(cookies) + number) % len(showtimes)]
            messages.append(request("POST", f"/showtimes/{showtime}/hold/", cookie, fields=seats))
    return messages


def main():
    one = shared_site()
    empty = [request("POST", "/bench/empty/", cookie, fields=[("seats", "A1")]) for cookie in one.cookies]
    holds = hold_messages(one.cookies, one.showtimes[:8])
    ratio, hold, empty_cost = compare_costs(one, empty, {"hold": holds})["hold"]
    return report("hold / empty view", ratio, ">= 0.6", hold.beside(empty_cost))


if __name__ == "__main__":
    raise SystemExit(not main())
