"""The rush at its worst: 40 rivals for 30 seats, who click twice, drop out, and fail to pay. No 503, ever."""

from threading import Thread

from .load import BRIEF, report
from .site import site
from .visitor import SEATS, Visitor, serve, unexpected

RIVALS, WANTED, WORKERS = 40, SEATS[:30], 4
TURNS = 2 if BRIEF else 10
DROPS, FAILS = 0.2, 0.3  # shares of the orders


def main():
    wrong, holds = {}, 0
    with site(showtimes=TURNS, visitors=RIVALS, workers=WORKERS) as one:
        for showtime in one.showtimes:
            statuses = serve(one, showtime, one.cookies, _compete, at_once=RIVALS, wants=WANTED)
            holds += sum(n for (request, _), n in statuses.items() if request == "POST hold")
            for what, times in unexpected(statuses).items():
                wrong[what] = wrong.get(what, 0) + times
    return report(
        f"{RIVALS} rivals for {len(WANTED)} seats, {WORKERS} workers: unexpected statuses",
        sum(wrong.values()),
        "<= 0",
        f"{wrong or 'none'} in {holds} holds of {TURNS} turns",
    )


def _compete(rival):
    """Try for seats until one is bought or none is left; drop some holds, and let some payments fail."""
    while rival.look():
        seat = rival.chance.choice(rival.free)
        if not _hold_twice(rival, seat):
            continue
        luck = rival.chance.random()
        if luck < DROPS:
            rival.post(f"{rival.showtime}/release/")
            return
        if rival.pay(seat, outcome="failure" if luck < DROPS + FAILS else "success"):
            return


def _hold_twice(rival, seat):
    """Hold the seat on two connections at once. Return True if the visitor has it."""
    twin = Visitor(rival.port, rival.cookie, rival.showtime.split("/")[-1], wants=rival.wants)
    click = Thread(target=twin.hold, args=([seat],))
    click.start()
    held = rival.hold([seat]) == 200
    click.join()
    twin.close()
    rival.statuses += twin.statuses
    return held


if __name__ == "__main__":
    raise SystemExit(not main())
