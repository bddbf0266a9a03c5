"""Measure what a first visit to a seat map of 300 seats transfers. Posters don't count."""

from playwright.sync_api import sync_playwright

from moviebooking.tests.support.chromium import ARGUMENTS, CHROMIUM
from moviebooking.tests.support.transfer import Meter, scripts

from .load import report
from .site import shared_site

PAGE_BUDGET, SCRIPT_BUDGET = 60_000, 15_000  # bytes, compressed, with their headers


def main():
    one = shared_site()
    sizes = transferred(f"http://127.0.0.1:{one.port}{one.pages['seat map']}")
    page = sum(sizes.values())
    script = sum(scripts(sizes).values())
    largest = ", ".join(
        f"{path} {size:,}" for path, size in sorted(sizes.items(), key=lambda one: -one[1])[:3]
    )
    return all(
        [
            report(
                "seat map, all that is transferred / 60 kB",
                page / PAGE_BUDGET,
                "<= 1",
                f"{page:,} B: {largest} …",
            ),
            report("its own JavaScript / 15 kB", script / SCRIPT_BUDGET, "<= 1", f"{script:,} B"),
        ]
    )


def transferred(url):
    """Return {path: bytes on the wire} of all that a new browser fetches for the page, uploads left out."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        meter = Meter(page)
        page.goto(url, wait_until="networkidle")
        browser.close()
    return meter.sizes


if __name__ == "__main__":
    raise SystemExit(not main())
