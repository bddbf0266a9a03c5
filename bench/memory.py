"""Measure whether a worker that has served many requests needs more memory than after its first thousand."""

from pathlib import Path

from .holds import hold_messages
from .load import AS_BROWSER, BRIEF, report, request, send_number
from .site import site

FEW, MANY = (500, 4_000) if BRIEF else (1_000, 100_000)


def main():
    with site(scale=1, workers=1) as one:
        messages = _messages(one)
        send_number(one.port, messages, FEW)
        few = _resident(one)
        send_number(one.port, messages, MANY - FEW)
        many = _resident(one)
    return report(
        f"memory of a worker after {MANY:,} requests / after {FEW:,}",
        many / few,
        "<= 1.1",
        f"{many / 1e6:.0f} MB beside {few / 1e6:.0f} MB",
    )


def _messages(one):
    """Return a mix of pages, anonymous and logged in, of seats.json, and of holds."""
    paths = [*one.pages.values(), *[f"/showtimes/{showtime}/seats.json" for showtime in one.showtimes[:8]]]
    pages = [
        request("GET", path, cookie, headers=AS_BROWSER)
        for path in paths
        for cookie in ("", *one.cookies[:4])
    ]
    return pages + hold_messages(one.cookies, one.showtimes[:8], rounds=4)


def _resident(one):
    """Return the resident memory of the only worker, in bytes."""
    (worker,) = one.workers()
    status = Path(f"/proc/{worker}/status").read_text()
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


if __name__ == "__main__":
    raise SystemExit(not main())
