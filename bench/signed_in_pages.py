"""Compare the pages of a logged-in visitor, all caches warm, with an empty view with session and user."""

from .load import AS_BROWSER, compare_costs, empty_view, report, request
from .seat_status import hold_some
from .site import shared_site

PAGES = ("home", "movie", "seat map")


def main():
    one = shared_site()
    hold_some(one)
    paths = {name: [one.pages[name]] for name in PAGES}
    paths["seat map"] = [f"/showtimes/{showtime}/seats/" for showtime in one.showtimes[:8]]
    pages = {name: _requests(one, paths[name]) for name in PAGES}
    results = compare_costs(one, empty_view(one.cookies), pages)
    met = [
        report(f"{name}, signed in / empty view", ratio, ">= 0.35", page.beside(empty))
        for name, (ratio, page, empty) in results.items()
    ]
    return all(met)  # after all of them have been reported


def _requests(one, paths):
    return [request("GET", path, cookie, headers=AS_BROWSER) for cookie in one.cookies for path in paths]


if __name__ == "__main__":
    raise SystemExit(not main())
