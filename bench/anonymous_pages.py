"""Compare the pages of an anonymous visitor, all caches warm, with an empty view with session and user."""

from .load import AS_BROWSER, compare_costs, empty_view, report, request
from .site import shared_site

PAGES = ("home", "movie list", "movie", "theater")


def main():
    one = shared_site()
    pages = {name: [request("GET", one.pages[name], headers=AS_BROWSER)] for name in PAGES}
    results = compare_costs(one, empty_view(one.cookies), pages)
    met = [
        report(f"{name}, anonymous / empty view", ratio, ">= 0.6", page.beside(empty))
        for name, (ratio, page, empty) in results.items()
    ]
    return all(met)  # after all of them have been reported


if __name__ == "__main__":
    raise SystemExit(not main())
