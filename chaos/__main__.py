"""Print the table of `make chaos`: fault, what visitors saw, recovered. Exit 1 if something did not."""

import sys

from .faults import FAULTS, cause
from .site import chaos_site
from .visitor import summary


def main():
    all_well = True
    with chaos_site() as site:
        for fault in FAULTS:
            outcome = cause(fault, site)
            all_well &= outcome.recovered()
            print(*report(outcome), sep="\n", flush=True)
        books = site.books_balance()
    print(f"Seats and money add up: {'yes' if books else 'NO'}")
    sys.exit(not (all_well and books))


def report(outcome):
    yield outcome.fault
    for request, answers in outcome.seen.items():
        yield f"    {request:<18} {summary(answers)}"
    for what, value in outcome.details.items():
        yield f"    {what:<18} {value}"
    verdict = "yes" if outcome.recovered() else f"NO: {summary(outcome.afterwards)}"
    yield f"    {'recovered':<18} {verdict}"


if __name__ == "__main__":
    main()
